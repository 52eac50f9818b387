package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ONNX graphs of random BERT encoders, all names anonymous, in several exporters' styles. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OnnxGraphTest {

  @TempDir private Path folder;

  private static ModelShape shape(int layers, Activation activation, OnnxWriter.End end) {
    boolean classes = end == OnnxWriter.End.CLASSES;
    boolean tags = end == OnnxWriter.End.TAGS;
    return new ModelShape(
        layers,
        24,
        3,
        20,
        16,
        RandomModel.VOCABULARY,
        activation,
        AttentionKind.SOFTMAX,
        NormKind.FULL,
        tags ? Pooling.NONE : classes || end == OnnxWriter.End.CLS ? Pooling.CLS : Pooling.MEAN,
        classes || tags ? List.of("a", "b", "c") : List.of(),
        0,
        classes ? Pooler.TANH : Pooler.NONE,
        1e-12);
  }

  @Test
  void weightsAreFoundWithoutNames() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 24; round++) {
      OnnxWriter.End end = OnnxWriter.End.values()[round % OnnxWriter.End.values().length];
      Activation activation = random.nextBoolean() ? Activation.GELU : Activation.RELU;
      ModelShape shape = shape(1 + round % 3, activation, end);
      RandomModel model = new RandomModel(shape, random.nextLong());
      Path file = new OnnxWriter(model, random).write(folder, end);
      ImportedModel imported =
          ModelImporter.importFrom(
              file,
              ImportOptions.named("onnx")
                  .withLabels(named(shape))
                  .withPooling(end == OnnxWriter.End.HIDDEN ? Pooling.MEAN : null)
                  .withNormalize(shape.labels().isEmpty() ? Boolean.TRUE : null));
      assertThat(imported.encoder().shape().heads()).isEqualTo(3);
      assertThat(imported.encoder().shape().pooling()).isEqualTo(shape.pooling());
      int[] ids = model.sentence(6);
      double[][] want = new NaiveTransformer(model, false).runRows(ids, new int[6]);
      double[][] got =
          new PlaintextTransformer(imported.encoder(), imported.embeddings())
              .runRows(ids, new int[6]);
      for (int r = 0; r < want.length; r++) {
        for (int j = 0; j < want[r].length; j++) {
          assertThat(got[r][j])
              .as("seed %d, round %d, end %s", seed, round, end)
              .isCloseTo(want[r][j], within(1e-6));
        }
      }
    }
  }

  private static List<String> named(ModelShape shape) {
    return shape.labels().isEmpty() ? null : shape.labels();
  }

  @Test
  void aGuessedPoolingIsNoted() throws IOException {
    Path file = example(folder);
    ImportedModel guessed = ModelImporter.importFrom(file, ImportOptions.named("m"));
    assertThat(guessed.encoder().shape().pooling()).isEqualTo(Pooling.MEAN);
    assertThat(guessed.notes()).anyMatch(note -> note.contains("guess"));
    ImportedModel asked =
        ModelImporter.importFrom(file, ImportOptions.named("m").withPooling(Pooling.MEAN));
    assertThat(asked.notes()).noneMatch(note -> note.contains("guess"));
    Files.createDirectory(folder.resolve("1_Pooling"));
    Files.writeString(
        folder.resolve("1_Pooling/config.json"),
        "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");
    assertThat(pooling(ImportOptions.named("m"))).isEqualTo(Pooling.CLS);
    assertThat(pooling(ImportOptions.named("m").withPooling(Pooling.MEAN))).isEqualTo(Pooling.MEAN);
  }

  private Pooling pooling(ImportOptions options) {
    return ModelImporter.importFrom(folder.resolve("m.onnx"), options).encoder().shape().pooling();
  }

  @Test
  void optionThatTheGraphContradictsIsRefused() throws IOException {
    ModelShape shape = shape(1, Activation.GELU, OnnxWriter.End.MEAN);
    Path file =
        new OnnxWriter(new RandomModel(shape, 1), new Random(1)).write(folder, OnnxWriter.End.MEAN);
    refusedFile(file, ImportOptions.named("m").withPooling(Pooling.CLS), "ends with pooling mean");
    refusedFile(
        file, ImportOptions.named("m").withLabels(List.of("a", "b")), "without a classifier");
  }

  @Test
  void classesNeedNames() throws IOException {
    ModelShape shape = shape(1, Activation.GELU, OnnxWriter.End.CLASSES);
    Path file =
        new OnnxWriter(new RandomModel(shape, 1), new Random(1))
            .write(folder, OnnxWriter.End.CLASSES);
    refusedFile(file, ImportOptions.named("m"), "a classifier of 3 outputs");
    Expect.kind(
            ModelException.Kind.SHAPE,
            () ->
                ModelImporter.importFrom(
                    file, ImportOptions.named("m").withLabels(List.of("a", "b"))))
        .hasMessageContaining("expected one each");
    Files.writeString(
        folder.resolve("config.json"),
        "{\"id2label\": {\"0\": \"x\", \"1\": \"y\", \"2\": \"z\"}}");
    assertThat(ModelImporter.importFrom(file, ImportOptions.named("m")).encoder().shape().labels())
        .containsExactly("x", "y", "z");
  }

  @Test
  void folderWithAnOnnxFileIsRead() throws IOException {
    Path file = example(folder);
    Files.move(file, folder.resolve("model.onnx"));
    ImportOptions options = ImportOptions.named("m").withPooling(Pooling.MEAN);
    assertThat(ModelImporter.importFrom(folder, options).source().format()).isEqualTo("onnx");
    Files.createDirectory(folder.resolve("onnx"));
    Files.move(folder.resolve("model.onnx"), folder.resolve("onnx/model.onnx"));
    assertThat(ModelImporter.importFrom(folder, options).source().file()).isEqualTo("model.onnx");
  }

  @Test
  void quantisedGraphIsRefused() throws IOException {
    refused(
        ModelException.Kind.UNSUPPORTED,
        "quantised: node '' (MatMulInteger): import the graph as it was before quantisation",
        OnnxFile.node("MatMulInteger", "y", "input_ids", "b"));
  }

  @Test
  void fusedGraphIsRefusedByItsOperatorsName() throws IOException {
    refused(
        ModelException.Kind.UNSUPPORTED,
        "(com.microsoft EmbedLayerNormalization) is no operator of ONNX's own: import the graph as"
            + " it was before optimisation, or the Hugging Face folder",
        OnnxFile.node(
            "com.microsoft", "EmbedLayerNormalization", List.of(), List.of("y"), "input_ids"));
  }

  @Test
  void graphWithoutAttentionIsRefused() throws IOException {
    refused(
        ModelException.Kind.UNSUPPORTED,
        "not a BERT encoder",
        OnnxFile.node("Gather", "y", "w", "input_ids"));
  }

  @Test
  void unknownOperatorIsNamed() throws IOException {
    refused(
        ModelException.Kind.UNSUPPORTED,
        "operator LSTM is none of those",
        OnnxFile.node("Gather", "x", "w", "input_ids"),
        OnnxFile.node("LSTM", "y", "x"));
  }

  @Test
  void endlessSumIsRefused() throws IOException {
    byte[][] nodes = new byte[50_000][];
    nodes[0] = OnnxFile.node("Gather", "v0", "w", "input_ids");
    for (int i = 1; i < nodes.length; i++) {
      String output = i == nodes.length - 1 ? "y" : "v" + i;
      nodes[i] = OnnxFile.node("Add", output, "v" + (i - 1), "one");
    }
    byte[][] constants = {
      OnnxFile.constant("w", new double[6], 3, 2), OnnxFile.constant("one", new double[] {1})
    };
    byte[] file = OnnxFile.model(nodes, constants, "y");
    Expect.kind(
            ModelException.Kind.UNSUPPORTED,
            () -> new OnnxModel(OnnxReader.parse(file, OnnxExternal.none())))
        .hasMessageContaining("more than 2000 operations");
  }

  @Test
  void sumThatFeedsItselfIsRefused() throws IOException {
    refused(
        ModelException.Kind.MALFORMED,
        "node '' (Add) uses value 'y' before node '' (Add) made it",
        OnnxFile.node("Add", "y", "words", "y"));
  }

  @Test
  void sumsThatFeedEachOtherAreRefused() throws IOException {
    refused(
        ModelException.Kind.MALFORMED,
        "uses value 't' before node '' (Add) made it",
        OnnxFile.node("Add", "y", "words", "t"),
        OnnxFile.node("Add", "t", "y", "positions"));
  }

  @Test
  void valueThatTwoNodesMakeIsRefused() throws IOException {
    refused(
        ModelException.Kind.MALFORMED,
        "value 'y' is made by node '' (Add) and by node '' (Add)",
        OnnxFile.node("Add", "y", "words", "types"),
        OnnxFile.node("Add", "y", "y", "positions"));
  }

  @Test
  void valueThatNothingMakesIsRefused() throws IOException {
    refused(
        ModelException.Kind.MALFORMED,
        "uses value 'absent', which nothing makes",
        OnnxFile.node("Gather", "x", "w", "input_ids"),
        OnnxFile.node("Add", "y", "x", "absent"));
  }

  private static void refused(ModelException.Kind kind, String message, byte[]... nodes)
      throws IOException {
    byte[][] table = {OnnxFile.constant("w", new double[6], 3, 2)};
    byte[] file = OnnxFile.model(nodes, table, "y");
    Expect.kind(kind, () -> new OnnxModel(OnnxReader.parse(file, OnnxExternal.none())))
        .hasMessageContaining(message);
  }

  private static void refusedFile(Path file, ImportOptions options, String message) {
    Expect.kind(ModelException.Kind.UNSUPPORTED, () -> ModelImporter.importFrom(file, options))
        .hasMessageContaining(message);
  }

  @Test
  void graphLargerThanAnyEncoderIsRefused() {
    OnnxGraph.Node node = node("Relu", "");
    List<OnnxGraph.Node> most = Collections.nCopies(OnnxGraph.NODES_MAX + 1, node);
    Expect.kind(ModelException.Kind.SHAPE, () -> graph(most)).hasMessageContaining("65537 nodes");
    String[] many = new String[OnnxGraph.VALUES_MAX];
    Arrays.fill(many, "x");
    Expect.kind(ModelException.Kind.SHAPE, () -> graph(List.of(node("Concat", "y", many))))
        .hasMessageContaining("262145 inputs and outputs: expected at most 65536 with 262144");
  }

  private static OnnxGraph graph(List<OnnxGraph.Node> nodes) {
    return new OnnxGraph(17, nodes, List.of(), List.of(), Map.of());
  }

  private static OnnxGraph.Node node(String operator, String output, String... inputs) {
    return new OnnxGraph.Node(
        "", operator, "", List.of(inputs), List.of(output), OnnxAttributes.empty());
  }

  /** A small good graph that ends at the hidden state, with a vocabulary beside it. */
  static Path example(Path folder) throws IOException {
    ModelShape shape =
        new ModelShape(
            1,
            6,
            2,
            5,
            8,
            RandomModel.VOCABULARY,
            Activation.GELU,
            AttentionKind.SOFTMAX,
            NormKind.FULL,
            Pooling.MEAN,
            List.of(),
            0,
            Pooler.NONE,
            1e-12);
    return new OnnxWriter(new RandomModel(shape, 5), new Random(5))
        .write(folder, OnnxWriter.End.HIDDEN);
  }
}
