package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models of odd sizes, written to files, imported, packaged, and run against a naive pass. */
class OddSizesPropertyTest {

  @TempDir private Path folder;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @ParameterizedTest
  @EnumSource(AttentionKind.class)
  void everyAttention(AttentionKind attention) throws IOException {
    for (Activation activation : Activation.values()) {
      for (NormKind norm : NormKind.values()) {
        Pooling pooling = random.nextBoolean() ? Pooling.CLS : Pooling.MEAN;
        ModelShape shape = shape(1, 96, 3, 100, 5, activation, attention, norm, pooling, false);
        check(shape, 1 + random.nextInt(12));
      }
    }
  }

  @Test
  void randomSizes() throws IOException {
    for (int round = 0; round < 6; round++) {
      int heads = 1 + random.nextInt(4);
      check(
          shape(
              1 + random.nextInt(3),
              heads * (1 + random.nextInt(9)),
              heads,
              1 + random.nextInt(50),
              random.nextInt(4),
              Activation.GELU,
              AttentionKind.SOFTMAX,
              NormKind.FULL,
              round % 2 == 0 ? Pooling.CLS : Pooling.MEAN,
              false),
          3 + random.nextInt(10));
    }
  }

  @Test
  void classifierWithPooler() throws IOException {
    ModelShape shape =
        shape(
            2,
            24,
            2,
            40,
            3,
            Activation.GELU,
            AttentionKind.SOFTMAX,
            NormKind.FULL,
            Pooling.CLS,
            true);
    RandomModel model = new RandomModel(shape, seed);
    model.add("bert.pooler.dense.weight", 0.2, 0, 24, 24);
    model.add("bert.pooler.dense.bias", 0.2, 0, 24);
    ImportedModel imported =
        ModelImporter.importFrom(
            model.writeFolder(folder.resolve("pooler"), true), ImportOptions.named("pooler"));
    assertThat(imported.encoder().pooler()).isNotNull();
    assertThat(imported.encoder().shape()).isEqualTo(shape);
    compare(model, imported.encoder(), imported.embeddings(), 7);
    ModelPackage written =
        ModelPackage.write("pooler", imported, calibrated(imported), folder.resolve("p"));
    compare(model, written.encoder(), written.client().embeddings(), 5);
  }

  private void check(ModelShape shape, int tokens) throws IOException {
    RandomModel model = new RandomModel(shape, random.nextLong());
    String name = "m" + random.nextInt(Integer.MAX_VALUE);
    boolean plain =
        shape.attention() == AttentionKind.SOFTMAX
            && shape.norm() == NormKind.FULL
            && shape.activation() != Activation.QUADRATIC
            && shape.pooling() == (shape.classifies() ? Pooling.CLS : Pooling.MEAN);
    Path source =
        plain
            ? model.writeFolder(folder.resolve(name), random.nextBoolean())
            : model.writeFile(folder.resolve(name));
    ImportedModel imported = ModelImporter.importFrom(source, ImportOptions.named(name));
    assertThat(imported.encoder().shape()).as("seed %d", seed).isEqualTo(shape);
    compare(model, imported.encoder(), imported.embeddings(), tokens);
    ModelPackage written =
        ModelPackage.write(name, imported, calibrated(imported), folder.resolve(name + "-p"));
    compare(model, written.encoder(), written.client().embeddings(), tokens);
  }

  private void compare(
      RandomModel model, EncoderWeights encoder, EmbeddingTable embeddings, int tokens) {
    int[] ids = model.sentence(Math.max(2, tokens));
    for (PlaintextTransformer.Reciprocal reciprocal : PlaintextTransformer.Reciprocal.values()) {
      double[] got = new PlaintextTransformer(encoder, embeddings, reciprocal).run(ids);
      double[] want =
          new NaiveTransformer(model, reciprocal == PlaintextTransformer.Reciprocal.EXACT).run(ids);
      assertThat(got).as("seed %d, %s", seed, model.shape).hasSameSizeAs(want);
      double size = 1;
      for (double v : want) {
        size = Math.max(size, Math.abs(v));
      }
      for (int j = 0; j < want.length; j++) {
        assertThat(got[j])
            .as("seed %d, output %d, %s", seed, j, model.shape)
            .isCloseTo(want[j], within(1e-9 * size));
      }
    }
  }

  private static Ranges calibrated(ImportedModel model) {
    return Calibrator.calibrate(
        model.encoder(),
        model.embeddings(),
        model.tokenizer(),
        List.of("word4 word9", "word11 word12 word13 word4 word5"),
        (step, done, total) -> {});
  }

  private static ModelShape shape(
      int layers,
      int width,
      int heads,
      int ffn,
      int classes,
      Activation activation,
      AttentionKind attention,
      NormKind norm,
      Pooling pooling,
      boolean pooler) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      labels.add("class-" + i);
    }
    return new ModelShape(
        layers,
        width,
        heads,
        ffn,
        20,
        RandomModel.VOCABULARY,
        activation,
        attention,
        norm,
        pooling,
        labels,
        attention == AttentionKind.THEX ? 7 : 0,
        pooler,
        1e-12);
  }
}
