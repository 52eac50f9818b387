package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
  @EnumSource(value = AttentionKind.class, names = "RELATIVE", mode = EnumSource.Mode.EXCLUDE)
  void everyAttention(AttentionKind attention) throws IOException {
    for (Activation activation : Activation.values()) {
      for (NormKind norm : NormKind.values()) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        ModelShape shape = shape(1, 96, 3, 100, 5, activation, attention, norm, kind);
        check(shape, 1 + random.nextInt(12));
      }
    }
  }

  @Test
  void randomSizes() throws IOException {
    for (int round = 0; round < 2 * Kind.values().length; round++) {
      int heads = 1 + random.nextInt(4);
      check(
          shape(
              1 + random.nextInt(3),
              heads * (1 + random.nextInt(9)),
              heads,
              1 + random.nextInt(50),
              1 + random.nextInt(4),
              Activation.GELU,
              AttentionKind.SOFTMAX,
              NormKind.FULL,
              Kind.values()[round / 2]),
          3 + random.nextInt(10));
    }
  }

  /** The kinds of output. */
  private enum Kind {
    EMBEDDING_CLS(Pooling.CLS, Head.EMBEDDING, Pooler.NONE),
    EMBEDDING_MEAN(Pooling.MEAN, Head.EMBEDDING, Pooler.NONE),
    CLASSES(Pooling.CLS, Head.CLASSES, Pooler.NONE),
    CLASSES_MEAN(Pooling.MEAN, Head.CLASSES, Pooler.NONE),
    CLASSES_POOLER(Pooling.CLS, Head.CLASSES, Pooler.TANH),
    VALUE(Pooling.CLS, Head.VALUE, Pooler.NONE),
    VALUE_MEAN(Pooling.MEAN, Head.VALUE, Pooler.NONE),
    VALUE_POOLER(Pooling.CLS, Head.VALUE, Pooler.TANH),
    TOKENS(Pooling.NONE, Head.CLASSES, Pooler.NONE);

    private final Pooling pooling;
    private final Head head;
    private final Pooler pooler;

    Kind(Pooling pooling, Head head, Pooler pooler) {
      this.pooling = pooling;
      this.head = head;
      this.pooler = pooler;
    }
  }

  private void check(ModelShape shape, int tokens) throws IOException {
    RandomModel model = new RandomModel(shape, random.nextLong());
    String name = "m" + random.nextInt(Integer.MAX_VALUE);
    boolean plain =
        shape.attention() == AttentionKind.SOFTMAX
            && shape.norm() == NormKind.FULL
            && shape.activation() != Activation.QUADRATIC
            && shape.pooling() != (shape.hasClassifier() ? Pooling.MEAN : Pooling.CLS);
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
    TokenSequence question = model.question(Math.max(2, tokens));
    for (PlaintextTransformer.Reciprocal reciprocal : PlaintextTransformer.Reciprocal.values()) {
      double[][] got =
          new PlaintextTransformer(encoder, embeddings, reciprocal)
              .runRows(question.ids(), question.segments());
      double[][] want =
          new NaiveTransformer(model, reciprocal == PlaintextTransformer.Reciprocal.EXACT)
              .runRows(question.ids(), question.segments());
      assertThat(got).as("seed %d, %s", seed, model.shape).hasSameDimensionsAs(want);
      double size =
          Arrays.stream(want).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
      for (int row = 0; row < want.length; row++) {
        assertThat(got[row])
            .as("seed %d, row %d, %s", seed, row, model.shape)
            .containsExactly(want[row], within(1e-9 * Math.max(1, size)));
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
      Kind kind) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < (kind.head == Head.CLASSES ? classes : 0); i++) {
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
        kind.pooling,
        kind.head,
        labels,
        attention == AttentionKind.THEX ? 7 : 0,
        kind.pooler,
        1e-12);
  }
}
