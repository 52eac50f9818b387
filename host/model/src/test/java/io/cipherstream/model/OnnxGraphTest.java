package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private final List<byte[]> nodes = new ArrayList<>();
  private final List<byte[]> constants = new ArrayList<>();
  private int counter;

  @Test
  void weightsAreFoundWithoutNames() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      ModelShape shape =
          new ModelShape(
              1 + round % 3,
              24,
              3,
              20,
              16,
              RandomModel.VOCABULARY,
              round % 2 == 0 ? Activation.GELU : Activation.RELU,
              AttentionKind.SOFTMAX,
              NormKind.FULL,
              Pooling.MEAN,
              List.of(),
              0,
              false,
              1e-12);
      RandomModel model = new RandomModel(shape, random.nextLong());
      Path file = write(model, random);
      ImportedModel imported = ModelImporter.importFrom(file, ImportOptions.named("onnx"));
      int[] ids = model.sentence(6);
      double[] want = new NaiveTransformer(model, false).run(ids);
      double[] got = new PlaintextTransformer(imported.encoder(), imported.embeddings()).run(ids);
      assertThat(imported.encoder().shape().heads()).isEqualTo(3);
      for (int j = 0; j < want.length; j++) {
        assertThat(got[j]).as("seed %d, round %d", seed, round).isCloseTo(want[j], within(1e-9));
      }
    }
  }

  @Test
  void quantisedGraphIsRefused() throws IOException {
    nodes.add(OnnxFile.node("MatMulInteger", "y", "a", "b"));
    Path file = folder.resolve("q.onnx");
    Files.write(file, OnnxFile.model(nodes.toArray(new byte[0][]), new byte[0][]));
    Expect.kind(
            ModelException.Kind.UNSUPPORTED,
            () -> ModelImporter.importFrom(file, ImportOptions.named("q")))
        .hasMessageContaining("quantised");
  }

  @Test
  void graphWithoutAttentionIsRefused() throws IOException {
    nodes.add(OnnxFile.node("Gather", "y", "w", "input_ids"));
    Path file = folder.resolve("g.onnx");
    byte[][] table = {OnnxFile.constant("w", new double[6], 3, 2)};
    Files.write(file, OnnxFile.model(nodes.toArray(new byte[0][]), table));
    Expect.kind(
            ModelException.Kind.UNSUPPORTED,
            () -> ModelImporter.importFrom(file, ImportOptions.named("g")))
        .hasMessageContaining("not a BERT encoder");
  }

  @Test
  void sumThatFeedsItselfIsRefused() throws IOException {
    refused(
        "node '' (Add) uses value 's' before node '' (Add) made it",
        OnnxFile.node("Add", "s", "words", "s"));
  }

  @Test
  void sumsThatFeedEachOtherAreRefused() throws IOException {
    refused(
        "uses value 't' before node '' (Add) made it",
        OnnxFile.node("Add", "s", "words", "t"),
        OnnxFile.node("Add", "t", "s", "positions"));
  }

  @Test
  void valueThatTwoNodesMakeIsRefused() throws IOException {
    refused(
        "value 's' is made by node '' (Add) and by node '' (Add)",
        OnnxFile.node("Add", "s", "words", "types"),
        OnnxFile.node("Add", "s", "s", "positions"));
  }

  private void refused(String message, byte[]... sums) throws IOException {
    nodes.add(OnnxFile.node("Gather", "words", "w", "input_ids"));
    nodes.addAll(List.of(sums));
    byte[][] table = {OnnxFile.constant("w", new double[6], 3, 2)};
    byte[] file = OnnxFile.model(nodes.toArray(new byte[0][]), table);
    Expect.kind(ModelException.Kind.MALFORMED, () -> new OnnxBertReader(OnnxReader.parse(file)))
        .hasMessageContaining(message);
  }

  @Test
  void graphLargerThanAnyEncoderIsRefused() {
    OnnxGraph.Node node = node("Relu", "");
    List<OnnxGraph.Node> most = Collections.nCopies(OnnxGraph.NODES_MAX + 1, node);
    Expect.kind(ModelException.Kind.SHAPE, () -> new OnnxGraph(most, List.of(), Map.of()))
        .hasMessageContaining("65537 nodes");
    String[] many = new String[OnnxGraph.VALUES_MAX];
    Arrays.fill(many, "x");
    Expect.kind(
            ModelException.Kind.SHAPE,
            () -> new OnnxGraph(List.of(node("Concat", "y", many)), List.of(), Map.of()))
        .hasMessageContaining("262145 inputs and outputs: expected at most 65536 with 262144");
  }

  @Test
  void moreSoftmaxesThanLayersAreRefused() {
    List<OnnxGraph.Node> many = new ArrayList<>();
    for (int i = 0; i <= ModelShape.LAYERS_MAX; i++) {
      many.add(node("Softmax", "p" + i, "s"));
    }
    OnnxGraph graph = new OnnxGraph(many, List.of(), Map.of());
    Expect.kind(ModelException.Kind.SHAPE, () -> new OnnxBertReader(graph))
        .hasMessageContaining("49 softmaxes: expected 1 to 48");
  }

  @Test
  void identitiesPassAConstantOn() {
    TensorData one = new TensorData("c", TensorType.F32, new int[] {1}, OnnxReader.littleEndian(4));
    OnnxGraph graph =
        new OnnxGraph(
            List.of(node("Identity", "a", "c"), node("Identity", "b", "a"), node("Relu", "r", "b")),
            List.of(),
            Map.of("c", one));
    assertThat(graph.constant("b")).isEqualTo(one);
    assertThat(graph.constant("r")).isNull();
  }

  private static OnnxGraph.Node node(String operator, String output, String... inputs) {
    return new OnnxGraph.Node(operator, "", List.of(inputs), List.of(output), Map.of(), Map.of());
  }

  /** A small good graph. */
  static Path example(Path folder) throws IOException {
    OnnxGraphTest writer = new OnnxGraphTest();
    writer.folder = folder;
    ModelShape shape =
        new ModelShape(
            1,
            6,
            2,
            5,
            4,
            RandomModel.VOCABULARY,
            Activation.GELU,
            AttentionKind.SOFTMAX,
            NormKind.FULL,
            Pooling.MEAN,
            List.of(),
            0,
            false,
            1e-12);
    return writer.write(new RandomModel(shape, 5), new Random(5));
  }

  private Path write(RandomModel model, Random random) throws IOException {
    nodes.clear();
    constants.clear();
    boolean fusedNorm = random.nextBoolean();
    String x = embeddings(model, fusedNorm);
    for (int i = 0; i < model.shape.layers(); i++) {
      x = layer(model, "bert.encoder.layer." + i + ".", x, fusedNorm, random);
    }
    Files.write(folder.resolve("vocab.txt"), RandomModel.vocabulary());
    return Files.write(
        folder.resolve("m.onnx"),
        OnnxFile.model(nodes.toArray(new byte[0][]), constants.toArray(new byte[0][])));
  }

  private String embeddings(RandomModel model, boolean fusedNorm) throws IOException {
    String[] parts = new String[3];
    String[] names = {"word", "token_type", "position"};
    String[] ids = {"input_ids", "token_type_ids", "positions"};
    for (int i = 0; i < 3; i++) {
      String name = "bert.embeddings." + names[i] + "_embeddings.weight";
      parts[i] = op("Gather", constant(model.get(name), model.shapes.get(name)), ids[i]);
    }
    String sum = op("Add", op("Add", parts[0], parts[1]), parts[2]);
    return norm(model, sum, "bert.embeddings.LayerNorm", fusedNorm);
  }

  private String layer(RandomModel model, String at, String x, boolean fusedNorm, Random random)
      throws IOException {
    int d = model.shape.headWidth();
    boolean before = random.nextBoolean();
    List<String> order = new ArrayList<>(List.of("query", "key", "value"));
    Collections.shuffle(order, random);
    String[] operands = new String[3];
    for (String name : order) {
      String y = dense(model, x, at + "attention.self." + name);
      String split = op("Transpose", op("Reshape", y, sizes(0, 0, model.shape.heads(), d)));
      operands[List.of("query", "key", "value").indexOf(name)] = split;
    }
    if (before) {
      operands[0] = op("Mul", operands[0], constant(new double[] {Math.pow(d, -0.25)}));
      operands[1] = op("Mul", constant(new double[] {Math.pow(d, -0.25)}), operands[1]);
    }
    String scores = op("MatMul", operands[0], operands[1]);
    if (!before) {
      scores = op("Div", scores, constant(new double[] {Math.sqrt(d)}));
    }
    String masked = random.nextBoolean() ? op("Add", scores, "mask") : op("Add", "mask", scores);
    String joined = op("MatMul", op("Softmax", masked), operands[2]);
    String flat = op("Reshape", op("Transpose", joined), sizes(0, 0, model.shape.width()));
    String a = op("Add", dense(model, flat, at + "attention.output.dense"), x);
    a = norm(model, a, at + "attention.output.LayerNorm", fusedNorm);
    String f = activation(model, dense(model, a, at + "intermediate.dense"));
    String out = op("Add", a, dense(model, f, at + "output.dense"));
    return norm(model, out, at + "output.LayerNorm", fusedNorm);
  }

  private String activation(RandomModel model, String f) throws IOException {
    if (model.shape.activation() == Activation.RELU) {
      return op("Relu", f);
    }
    String erf = op("Erf", op("Div", f, constant(new double[] {Math.sqrt(2)})));
    String sum = op("Add", erf, constant(new double[] {1}));
    return op("Mul", op("Mul", f, sum), constant(new double[] {0.5}));
  }

  private String dense(RandomModel model, String x, String name) throws IOException {
    int[] shape = model.shapes.get(name + ".weight");
    double[] weight = model.get(name + ".weight");
    double[] transposed = new double[weight.length];
    for (int o = 0; o < shape[0]; o++) {
      for (int i = 0; i < shape[1]; i++) {
        transposed[i * shape[0] + o] = weight[o * shape[1] + i];
      }
    }
    String product = op("MatMul", x, constant(transposed, shape[1], shape[0]));
    return op("Add", constant(model.get(name + ".bias"), shape[0]), product);
  }

  private String norm(RandomModel model, String x, String name, boolean fused) throws IOException {
    String gamma = constant(model.get(name + ".weight"), model.shape.width());
    String beta = constant(model.get(name + ".bias"), model.shape.width());
    if (fused) {
      String y = "v" + counter++;
      byte[] node = OnnxFile.node("LayerNormalization", y, x, gamma, beta);
      byte[] epsilon =
          OnnxFile.message(
              out -> {
                out.writeString(1, "epsilon");
                out.writeFloat(2, 1e-12f);
              });
      nodes.add(
          OnnxFile.message(
              out -> {
                out.writeRawBytes(node);
                out.writeByteArray(5, epsilon);
              }));
      return y;
    }
    String centred = op("Sub", x, op("ReduceMean", x));
    String square = op("Pow", centred, constant(new double[] {2}));
    String variance = op("Add", op("ReduceMean", square), constant(new double[] {1e-12}));
    String bare = op("Div", centred, op("Sqrt", variance));
    return op("Add", op("Mul", bare, gamma), beta);
  }

  private String op(String operator, String... inputs) throws IOException {
    String output = "v" + counter++;
    nodes.add(OnnxFile.node(operator, output, inputs));
    return output;
  }

  private String constant(double[] values, int... shape) throws IOException {
    String name = "c" + counter++;
    constants.add(OnnxFile.constant(name, values, shape));
    return name;
  }

  private String sizes(long... values) throws IOException {
    String name = "s" + counter++;
    constants.add(OnnxFile.sizes(name, values));
    return name;
  }
}
