package io.cipherstream.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Writes a random BERT encoder as an ONNX graph with anonymous names, each part in one of the forms
 * that exporters give it, by chance.
 */
final class OnnxWriter {

  /** What the graph ends with. */
  enum End {
    HIDDEN,
    MEAN,
    CLS,
    UNIT_MEAN,
    CLASSES,
    TAGS
  }

  final List<byte[]> nodes = new ArrayList<>();
  final List<byte[]> constants = new ArrayList<>();
  private final RandomModel model;
  private final Random random;
  private final boolean fusedNorm;
  private int counter;

  OnnxWriter(RandomModel model, Random random) {
    this.model = model;
    this.random = random;
    this.fusedNorm = random.nextBoolean();
  }

  byte[] write(End end) throws IOException {
    String mask = mask();
    String x = embeddings();
    for (int i = 0; i < model.shape.layers(); i++) {
      x = layer("bert.encoder.layer." + i + ".", x, mask);
    }
    return file(end(end, x));
  }

  byte[] file(String output) throws IOException {
    return OnnxFile.model(nodes.toArray(new byte[0][]), constants.toArray(new byte[0][]), output);
  }

  /** The graph with a vocabulary beside it. */
  Path write(Path folder, End end) throws IOException {
    Files.write(folder.resolve("vocab.txt"), RandomModel.vocabulary());
    return Files.write(folder.resolve("m.onnx"), write(end));
  }

  private String mask() throws IOException {
    String real = with("Cast", List.of(OnnxFile.integer("to", 1)), "attention_mask");
    String wide = op("Unsqueeze", real, sizes(1, 2));
    if (random.nextBoolean()) {
      String yes = with("Cast", List.of(OnnxFile.integer("to", 9)), wide);
      return op("Where", yes, constant(0), constant(-1e9));
    }
    return op("Mul", op("Sub", constant(1), wide), constant(-1e4));
  }

  private String tokens() throws IOException {
    return op("Gather", op("Shape", "input_ids"), sizes(1));
  }

  private String embeddings() throws IOException {
    int positions = model.shape.positions();
    long[] all = new long[positions];
    Arrays.setAll(all, i -> i);
    String places = op("Slice", sizes(all), sizes(0), tokens());
    String word = table("word", "input_ids");
    String type = table("token_type", "token_type_ids");
    String position = table("position", places);
    List<String> rows = new ArrayList<>(List.of(word, type, position));
    Collections.shuffle(rows, random);
    String sum = op("Add", op("Add", rows.get(0), rows.get(1)), rows.get(2));
    return norm(sum, "bert.embeddings.LayerNorm");
  }

  private String table(String kind, String ids) throws IOException {
    String name = "bert.embeddings." + kind + "_embeddings.weight";
    return op("Gather", constant(model.get(name), model.shapes.get(name)), ids);
  }

  private String layer(String at, String x, String mask) throws IOException {
    int d = model.shape.headWidth();
    List<String> order = new ArrayList<>(List.of("query", "key", "value"));
    Collections.shuffle(order, random);
    String[] operands = new String[3];
    for (String name : order) {
      int which = List.of("query", "key", "value").indexOf(name);
      String rows = dense(x, at + "attention.self." + name);
      String split = op("Reshape", rows, heads());
      operands[which] = transpose(split, which == 1 ? new long[] {0, 2, 3, 1} : null);
    }
    int where = random.nextInt(3);
    if (where == 0) {
      operands[0] = op("Mul", operands[0], constant(Math.pow(d, -0.25)));
      operands[1] = op("Mul", constant(Math.pow(d, -0.25)), operands[1]);
    } else if (where == 1) {
      operands[0] = op("Div", operands[0], constant(Math.sqrt(d)));
    }
    String scores = op("MatMul", operands[0], operands[1]);
    if (where == 2) {
      scores = op("Div", scores, constant(Math.sqrt(d)));
    }
    String masked = random.nextBoolean() ? op("Add", scores, mask) : op("Add", mask, scores);
    String weights = op("Softmax", masked);
    if (random.nextBoolean()) {
      weights = op("Where", op("IsNaN", weights), constant(0), weights);
    }
    String joined = op("MatMul", op("Identity", weights), operands[2]);
    String flat = op("Reshape", transpose(joined, null), sizes(0, 0, model.shape.width()));
    String a = op("Add", dense(flat, at + "attention.output.dense"), x);
    a = norm(a, at + "attention.output.LayerNorm");
    String f = activation(dense(a, at + "intermediate.dense"));
    return norm(op("Add", a, dense(f, at + "output.dense")), at + "output.LayerNorm");
  }

  private String heads() throws IOException {
    return random.nextBoolean()
        ? sizes(0, 0, model.shape.heads(), model.shape.headWidth())
        : sizes(0, 0, -1, model.shape.headWidth());
  }

  private String transpose(String x, long[] order) throws IOException {
    long[] by = order == null ? new long[] {0, 2, 1, 3} : order;
    return with("Transpose", List.of(OnnxFile.integers("perm", by)), x);
  }

  private String activation(String f) throws IOException {
    if (model.shape.activation() == Activation.RELU) {
      return op("Relu", f);
    }
    if (random.nextBoolean()) {
      return with("Gelu", List.of(OnnxFile.text("approximate", "none")), f);
    }
    String erf = op("Erf", op("Div", f, constant(Math.sqrt(2))));
    String sum = op("Add", erf, constant(1));
    return random.nextBoolean()
        ? op("Mul", op("Mul", f, sum), constant(0.5))
        : op("Mul", op("Mul", constant(0.5), f), sum);
  }

  private String dense(String x, String name) throws IOException {
    int[] shape = model.shapes.get(name + ".weight");
    double[] weight = model.get(name + ".weight");
    String bias = constant(model.get(name + ".bias"), shape[0]);
    int form = random.nextInt(3);
    if (form == 0) {
      String flat = op("Reshape", x, sizes(-1, shape[1]));
      String matrix = constant(weight, shape);
      String y = with("Gemm", List.of(OnnxFile.integer("transB", 1)), flat, matrix, bias);
      return op("Reshape", y, sizes(1, -1, shape[0]));
    }
    String matrix =
        form == 1
            ? with("Transpose", List.of(OnnxFile.integers("perm", 1, 0)), constant(weight, shape))
            : constant(turned(weight, shape), shape[1], shape[0]);
    return op("Add", bias, op("MatMul", x, matrix));
  }

  private static double[] turned(double[] weight, int[] shape) {
    double[] out = new double[weight.length];
    for (int o = 0; o < shape[0]; o++) {
      for (int i = 0; i < shape[1]; i++) {
        out[i * shape[0] + o] = weight[o * shape[1] + i];
      }
    }
    return out;
  }

  private String norm(String x, String name) throws IOException {
    String gamma = constant(model.get(name + ".weight"), model.shape.width());
    String beta = constant(model.get(name + ".bias"), model.shape.width());
    if (fusedNorm) {
      byte[] epsilon = OnnxFile.real("epsilon", 1e-12f);
      return with("LayerNormalization", List.of(epsilon), x, gamma, beta);
    }
    String centred = op("Sub", x, mean(x));
    String square =
        random.nextBoolean() ? op("Pow", centred, constant(2)) : op("Mul", centred, centred);
    String deviation = op("Sqrt", op("Add", mean(square), constant(1e-12)));
    String bare =
        random.nextBoolean()
            ? op("Div", centred, deviation)
            : op("Mul", centred, op("Reciprocal", deviation));
    return op("Add", op("Mul", bare, gamma), beta);
  }

  private String mean(String x) throws IOException {
    return with("ReduceMean", List.of(OnnxFile.integers("axes", -1)), x);
  }

  private String end(End end, String x) throws IOException {
    return switch (end) {
      case HIDDEN -> x;
      case CLS -> first(x);
      case MEAN -> pooled(x);
      case UNIT_MEAN -> {
        String row = pooled(x);
        byte[] axes = OnnxFile.integers("axes", 1);
        String length = with("ReduceL2", List.of(axes), row);
        yield op("Div", row, op("Clip", length, constant(1e-12)));
      }
      case CLASSES -> dense2(op("Tanh", dense2(first(x), "bert.pooler.dense")), "classifier");
      case TAGS -> dense(x, "classifier");
    };
  }

  private String first(String x) throws IOException {
    return with("Gather", List.of(OnnxFile.integer("axis", 1)), x, scalar(0));
  }

  private String dense2(String x, String name) throws IOException {
    int[] shape = model.shapes.get(name + ".weight");
    return with(
        "Gemm",
        List.of(OnnxFile.integer("transB", 1)),
        x,
        constant(model.get(name + ".weight"), shape),
        constant(model.get(name + ".bias"), shape[0]));
  }

  /** As sentence-transformers: the sum of what the mask leaves, over how many it leaves. */
  private String pooled(String x) throws IOException {
    String real = with("Cast", List.of(OnnxFile.integer("to", 1)), "attention_mask");
    String wide = op("Expand", op("Unsqueeze", real, sizes(-1)), op("Shape", x));
    byte[] keep = OnnxFile.integer("keepdims", 0);
    String sum = with("ReduceSum", List.of(keep), op("Mul", x, wide), sizes(1));
    String count = with("ReduceSum", List.of(keep), wide, sizes(1));
    return op("Div", sum, op("Clip", count, constant(1e-9)));
  }

  String op(String operator, String... inputs) throws IOException {
    return with(operator, List.of(), inputs);
  }

  String with(String operator, List<byte[]> attributes, String... inputs) throws IOException {
    String output = "v" + counter++;
    nodes.add(OnnxFile.node("", operator, attributes, List.of(output), inputs));
    return output;
  }

  String constant(double value) throws IOException {
    return constant(new double[] {value});
  }

  String constant(double[] values, int... shape) throws IOException {
    String name = "c" + counter++;
    constants.add(OnnxFile.constant(name, values, shape));
    return name;
  }

  String sizes(long... values) throws IOException {
    String name = "s" + counter++;
    constants.add(OnnxFile.sizes(name, values));
    return name;
  }

  private String scalar(long value) throws IOException {
    String name = "s" + counter++;
    constants.add(
        OnnxFile.message(
            out -> {
              out.writeInt32(2, 7);
              out.writeInt64(7, value);
              out.writeString(8, name);
            }));
    return name;
  }
}
