package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratorTest {

  /** Texts calibrated together are summed in another order than texts alone. */
  private static final Offset<Double> ROUNDING = within(1e-12);

  @TempDir private Path folder;

  @Test
  void sentencesAreManyVariedAndDistinct() {
    List<String> sentences = Calibrator.sentences();
    assertThat(sentences).hasSize(260).doesNotHaveDuplicates();
    assertThat(sentences.stream().mapToInt(s -> s.split(" ").length)).contains(1, 2, 5, 10, 20);
    assertThat(sentences.stream().mapToInt(s -> s.split(" ").length).max().orElse(0))
        .isBetween(40, 60);
  }

  @Test
  void rangesAreTheLargestValuesOfTheRuns() throws IOException {
    long seed = new Random().nextLong();
    RandomModel random = new RandomModel(ImportErrorsTest.smallShape(), seed);
    ImportedModel model =
        ModelImporter.importFrom(random.writeFile(folder), ImportOptions.named("m"));
    List<String> sentences =
        List.of("word4", "word5 word6 word7", "word30 ".repeat(18), "word9 ".repeat(19));
    Ranges ranges =
        Calibrator.calibrate(
            model.encoder(), model.embeddings(), model.tokenizer(), sentences, (s, d, t) -> {});
    assertThat(ranges.sentences()).as("19 words are too long for 20 positions").isEqualTo(3);
    List<Double> scores = new ArrayList<>();
    List<Double> inputs = new ArrayList<>();
    List<Double> sums = new ArrayList<>();
    for (PlaintextTransformer.Reciprocal r : PlaintextTransformer.Reciprocal.values()) {
      PlaintextTransformer pass = new PlaintextTransformer(model.encoder(), model.embeddings(), r);
      for (String sentence : sentences.subList(0, 3)) {
        pass.run(
            model.tokenizer().encode(sentence),
            (layer, tensor, values) -> {
              for (double[] row : values) {
                for (double v : row) {
                  if (layer == 1 && tensor == ForwardObserver.Tensor.SCORE) {
                    scores.add(Math.abs(v));
                  } else if (layer == 0 && tensor == ForwardObserver.Tensor.PRE_NORM_2) {
                    inputs.add(Math.abs(v));
                  } else if (layer == 0 && tensor == ForwardObserver.Tensor.ROW_SUM) {
                    sums.add(v);
                  }
                }
              }
            });
      }
    }
    assertThat(ranges.layers().get(1).score())
        .as("seed %d", seed)
        .isCloseTo(scores.stream().max(Double::compare).orElseThrow(), ROUNDING);
    double before = inputs.stream().max(Double::compare).orElseThrow();
    assertThat(ranges.layers().get(0).preNorm2()).isCloseTo(before, ROUNDING);
    assertThat(ranges.layers().get(1).input())
        .as("with affine norms a layer's input is the previous sum")
        .isCloseTo(before, ROUNDING);
    assertThat(ranges.layers().get(0).rowSum())
        .isCloseTo(sums.stream().max(Double::compare).orElseThrow(), ROUNDING);
  }

  @Test
  void nothingToCalibrateOnIsAnError() throws IOException {
    RandomModel random = new RandomModel(ImportErrorsTest.smallShape(), 1);
    ImportedModel model =
        ModelImporter.importFrom(random.writeFile(folder), ImportOptions.named("m"));
    Expect.kind(
        ModelException.Kind.TEXT_EMPTY,
        () ->
            Calibrator.calibrate(
                model.encoder(),
                model.embeddings(),
                model.tokenizer(),
                List.of("word4 ".repeat(40)),
                (s, d, t) -> {}));
  }
}
