package io.cipherstream.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds a BERT encoder's weights in an ONNX graph by walking it from each softmax; names are not
 * relied upon, since exporters fold and rename constants.
 */
final class OnnxBertReader implements TensorSource {

  private static final Set<String> SHAPING =
      Set.of("Reshape", "Transpose", "Identity", "Cast", "Dropout", "Unsqueeze", "Squeeze");

  private static final Set<String> SCALING = Set.of("Div", "Mul");

  private final OnnxGraph graph;
  private final Map<String, TensorData> tensors = new HashMap<>();
  private int layers;
  private int heads;
  private @Nullable Activation activation;
  private double epsilon = BertConfiguration.EPSILON_DEFAULT;

  /**
   * @throws ModelException of kind UNSUPPORTED if the graph is no BERT encoder, SHAPE if it has
   *     more than {@link ModelShape#LAYERS_MAX} layers
   */
  OnnxBertReader(OnnxGraph graph) {
    this.graph = graph;
    checkLayers();
    if (graph.nodes().stream().anyMatch(n -> n.operator().contains("Integer"))
        || graph.nodes().stream().anyMatch(n -> n.operator().startsWith("DequantizeLinear"))) {
      throw unsupported("the model is quantised: take the fp32 or fp16 export");
    }
    embeddings();
    for (OnnxGraph.Node node : graph.nodes()) {
      if (node.operator().equals("Softmax")) {
        layer(node);
        layers++;
      }
    }
    if (layers == 0) {
      throw unsupported("no softmax attention found");
    }
  }

  /** Before any layer is read: each costs a copy of its weights. */
  private void checkLayers() {
    long found = graph.nodes().stream().filter(n -> n.operator().equals("Softmax")).count();
    if (found > ModelShape.LAYERS_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "ONNX graph with "
              + found
              + " softmaxes: expected 1 to "
              + ModelShape.LAYERS_MAX
              + ", one a layer");
    }
  }

  BertConfiguration configuration(Pooling pooling) {
    Activation found = activation;
    if (found == null) {
      throw unsupported("no activation found");
    }
    return new BertConfiguration(
        layers,
        heads,
        found,
        AttentionKind.SOFTMAX,
        NormKind.FULL,
        pooling,
        Head.EMBEDDING,
        List.of(),
        epsilon);
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorData read(String name) {
    TensorData tensor = tensors.get(name);
    if (tensor == null) {
      throw SafetensorsHeader.missing(name, names());
    }
    return tensor;
  }

  private void embeddings() {
    OnnxGraph.Node last = null;
    for (OnnxGraph.Node node : graph.nodes()) {
      if (!node.operator().equals("Gather") || node.inputs().size() < 2) {
        continue;
      }
      TensorData table = graph.constant(node.input(0));
      if (table == null || table.shape().length != 2 || table.type() == TensorType.F64) {
        continue;
      }
      String ids = node.input(1);
      String kind =
          ids.equals("input_ids")
              ? "word"
              : ids.equals("token_type_ids") ? "token_type" : "position";
      String name = "embeddings." + kind + "_embeddings.weight";
      if (tensors.putIfAbsent(name, table) != null) {
        throw unsupported("two embedding tables look like " + kind + " embeddings");
      }
      last = node;
    }
    if (last == null) {
      throw unsupported("no embedding table found; inputs are " + graph.inputs());
    }
    OnnxGraph.Node sum = last;
    for (OnnxGraph.Node add = only(sum, "Add"); add != null; add = only(sum, "Add")) {
      sum = add;
    }
    norm(sum.output(), "embeddings.LayerNorm");
  }

  private void layer(OnnxGraph.Node softmax) {
    String at = "encoder.layer." + layers + ".";
    double[] scale = {1};
    OnnxGraph.Node product = scoreProduct(softmax, scale);
    Linear query = back(product.input(0), scale);
    Linear key = back(product.input(1), scale);
    OnnxGraph.Node weighted = through(softmax.output(), Set.of("MatMul"));
    String other = weighted.input(graph.producer(weighted.input(0)) == softmax ? 1 : 0);
    Linear value = back(other, new double[] {1});
    dense(at + "attention.self.query", query);
    dense(at + "attention.self.key", key);
    dense(at + "attention.self.value", value);
    heads(query, scale[0]);
    Linear attended = forward(weighted.output());
    dense(at + "attention.output.dense", attended);
    String x1 = norm(residual(attended), at + "attention.output.LayerNorm");
    Linear intermediate = forward(x1);
    dense(at + "intermediate.dense", intermediate);
    Linear output = afterActivation(intermediate.output());
    dense(at + "output.dense", output);
    norm(residual(output), at + "output.LayerNorm");
  }

  /** A constant matrix product with its bias: output = input · weight + bias. */
  private record Linear(String output, TensorData weight, TensorData bias, boolean transposed) {}

  private void dense(String name, Linear linear) {
    tensors.put(
        name + ".weight",
        linear.transposed() ? linear.weight() : OnnxTranspose.apply(linear.weight()));
    tensors.put(name + ".bias", linear.bias());
  }

  private @Nullable Linear linear(OnnxGraph.Node node) {
    boolean gemm = node.operator().equals("Gemm");
    if ((!gemm && !node.operator().equals("MatMul")) || node.inputs().size() < 2) {
      return null;
    }
    TensorData weight = graph.constant(node.input(1));
    if (weight == null || weight.shape().length != 2) {
      return null;
    }
    if (gemm) {
      TensorData bias = node.inputs().size() > 2 ? graph.constant(node.input(2)) : null;
      return bias == null
          ? null
          : new Linear(node.output(), weight, bias, node.number("transB", 0) != 0);
    }
    for (OnnxGraph.Node add : graph.consumers(node.output())) {
      TensorData bias = add.operator().equals("Add") ? constantInput(add) : null;
      if (bias != null && bias.shape().length == 1) {
        return new Linear(add.output(), weight, bias, false);
      }
    }
    throw unsupported("matrix product '" + node.name() + "' has no bias");
  }

  private @Nullable TensorData constantInput(OnnxGraph.Node node) {
    for (String input : node.operands()) {
      TensorData constant = graph.constant(input);
      if (constant != null) {
        return constant;
      }
    }
    return null;
  }

  /** From a softmax back to the product of queries and keys; scale collects the factors between. */
  private OnnxGraph.Node scoreProduct(OnnxGraph.Node softmax, double[] scale) {
    String at = softmax.input(0);
    for (int hop = 0; hop < 16; hop++) {
      OnnxGraph.Node node = graph.producer(at);
      if (node == null) {
        break;
      }
      if (node.operator().equals("MatMul")) {
        return node;
      }
      if (node.operator().equals("Add")) {
        at = leadsToProduct(node.input(0)) ? node.input(0) : node.input(1);
      } else {
        at = step(node, scale);
      }
    }
    throw unsupported("no product of queries and keys before softmax '" + softmax.name() + "'");
  }

  private boolean leadsToProduct(String value) {
    String at = value;
    for (int hop = 0; hop < 8; hop++) {
      OnnxGraph.Node node = graph.producer(at);
      if (node == null || node.inputs().isEmpty()) {
        return false;
      }
      if (node.operator().equals("MatMul")) {
        return true;
      }
      at = node.input(0);
    }
    return false;
  }

  /** One hop back over a reshaping or scaling node. */
  private String step(OnnxGraph.Node node, double[] scale) {
    if (SCALING.contains(node.operator())) {
      for (int i = 0; i < 2; i++) {
        TensorData factor = graph.constant(node.input(i));
        if (factor != null && factor.length() == 1) {
          double f = factor.doubles()[0];
          if (node.operator().equals("Div") && i == 0) {
            break;
          }
          scale[0] *= node.operator().equals("Div") ? 1 / f : f;
          return node.input(1 - i);
        }
      }
    } else if (SHAPING.contains(node.operator())) {
      return node.input(0);
    }
    throw unsupported(node.label() + " in the attention");
  }

  /** Back from an attention operand to the linear layer that makes it. */
  private Linear back(String operand, double[] scale) {
    String at = operand;
    for (int hop = 0; hop < 16; hop++) {
      OnnxGraph.Node node = graph.producer(at);
      if (node == null) {
        break;
      }
      if (node.operator().equals("Add")) {
        for (String input : node.operands()) {
          OnnxGraph.Node product = graph.producer(input);
          Linear linear = product == null ? null : linear(product);
          if (linear != null && linear.output().equals(node.output())) {
            return linear;
          }
        }
        break;
      }
      at = step(node, scale);
    }
    throw unsupported("no linear layer behind attention operand '" + operand + "'");
  }

  /** The number of heads from the reshape after the queries; the factor must be 1/√d. */
  private void heads(Linear query, double scale) {
    int width = query.bias().length();
    int found = 0;
    for (OnnxGraph.Node reshape : graph.consumers(query.output())) {
      if (reshape.operator().equals("Reshape")) {
        List<Double> sizes = sizes(reshape.input(1));
        if (!sizes.isEmpty() && sizes.get(2) > 0) {
          found = sizes.get(2).intValue();
        }
      }
    }
    if (found == 0 || (layers > 0 && found != heads)) {
      throw unsupported("cannot tell the number of heads in layer " + layers);
    }
    heads = found;
    double expected = 1 / Math.sqrt((double) width / heads);
    if (!(Math.abs(scale - expected) <= 1e-5 * expected)) {
      throw unsupported("scores are scaled by " + scale + ": expected 1/√d = " + expected);
    }
  }

  /** The four sizes of a reshape, -1 for a computed one; empty when there are not four. */
  private List<Double> sizes(String name) {
    List<Double> out = new ArrayList<>();
    TensorData whole = graph.constant(name);
    OnnxGraph.Node concat = graph.producer(name);
    if (whole != null && whole.length() == 4) {
      for (double v : whole.doubles()) {
        out.add(v);
      }
    } else if (whole == null
        && concat != null
        && concat.operator().equals("Concat")
        && concat.inputs().size() == 4) {
      for (String input : concat.inputs()) {
        TensorData part = graph.constant(input);
        out.add(part != null && part.length() == 1 ? part.doubles()[0] : -1);
      }
    }
    return out;
  }

  private OnnxGraph.Node through(String value, Set<String> wanted) {
    String at = value;
    for (int hop = 0; hop < 8; hop++) {
      String next = "";
      for (OnnxGraph.Node node : graph.consumers(at)) {
        if (wanted.contains(node.operator())) {
          return node;
        }
        next = SHAPING.contains(node.operator()) ? node.output() : next;
      }
      at = next;
    }
    throw unsupported("no " + wanted + " after '" + value + "'");
  }

  private Linear forward(String value) {
    Linear linear = linear(through(value, Set.of("MatMul", "Gemm")));
    if (linear == null) {
      throw unsupported("no constant matrix after '" + value + "'");
    }
    return linear;
  }

  private Linear afterActivation(String value) {
    Set<String> inside = Set.of("Div", "Mul", "Erf", "Add", "Relu", "Gelu");
    boolean erf = false;
    boolean relu = false;
    String at = value;
    for (int hop = 0; hop < 8; hop++) {
      String next = "";
      for (OnnxGraph.Node node : graph.consumers(at)) {
        Linear linear = linear(node);
        if (linear != null) {
          activation(erf, relu);
          return linear;
        }
        erf |= node.operator().equals("Erf") || node.operator().equals("Gelu");
        relu |= node.operator().equals("Relu");
        if (inside.contains(node.operator())
            && (next.isEmpty() || !node.operator().equals("Mul"))) {
          next = node.output();
        }
      }
      at = next;
    }
    throw unsupported("no linear layer after the activation of layer " + layers);
  }

  private void activation(boolean erf, boolean relu) {
    if (erf == relu) {
      throw unsupported("the activation of layer " + layers + " is neither erf-GELU nor ReLU");
    }
    Activation found = erf ? Activation.GELU : Activation.RELU;
    if (activation != null && activation != found) {
      throw unsupported("layers have different activations");
    }
    activation = found;
  }

  private String residual(Linear linear) {
    for (OnnxGraph.Node node : graph.consumers(linear.output())) {
      if (node.operator().equals("Add")) {
        return node.output();
      }
    }
    throw unsupported("no residual sum after '" + linear.output() + "'");
  }

  /** Reads γ and β of the LayerNorm of a value; returns the normed value's name. */
  private String norm(String value, String name) {
    for (OnnxGraph.Node node : graph.consumers(value)) {
      if (node.operator().equals("LayerNormalization") && node.inputs().size() == 3) {
        epsilon = node.number("epsilon", 1e-5);
        put(name, node.input(1), node.input(2));
        return node.output();
      }
    }
    OnnxGraph.Node centred = named(value, "Sub");
    for (OnnxGraph.Node node : graph.consumers(centred.output())) {
      if (node.operator().equals("Div")) {
        epsilon = epsilon(node.input(1));
        OnnxGraph.Node gamma = named(node.output(), "Mul");
        OnnxGraph.Node beta = named(gamma.output(), "Add");
        put(name, constantName(gamma), constantName(beta));
        return beta.output();
      }
    }
    throw unsupported("no LayerNorm after '" + value + "'");
  }

  private double epsilon(String root) {
    OnnxGraph.Node sqrt = graph.producer(root);
    OnnxGraph.Node add = sqrt == null ? null : graph.producer(sqrt.input(0));
    TensorData constant = add == null ? null : constantInput(add);
    if (constant == null || constant.length() != 1) {
      throw unsupported("LayerNorm without a constant ε");
    }
    return constant.doubles()[0];
  }

  private void put(String name, String gamma, String beta) {
    TensorData g = graph.constant(gamma);
    TensorData b = graph.constant(beta);
    if (g == null || b == null) {
      throw unsupported("LayerNorm '" + name + "' without constant γ and β");
    }
    tensors.put(name + ".weight", g);
    tensors.put(name + ".bias", b);
  }

  private String constantName(OnnxGraph.Node node) {
    for (String input : node.operands()) {
      if (graph.constant(input) != null) {
        return input;
      }
    }
    throw unsupported("node '" + node.name() + "' of a LayerNorm has no constant");
  }

  private OnnxGraph.Node named(String value, String operator) {
    for (OnnxGraph.Node node : graph.consumers(value)) {
      if (node.operator().equals(operator)) {
        return node;
      }
    }
    throw unsupported("expected " + operator + " after '" + value + "'");
  }

  private OnnxGraph.@Nullable Node only(OnnxGraph.Node node, String operator) {
    List<OnnxGraph.Node> users = graph.consumers(node.output());
    return users.size() == 1 && users.get(0).operator().equals(operator) ? users.get(0) : null;
  }

  private static ModelException unsupported(String what) {
    return new ModelException(
        ModelException.Kind.UNSUPPORTED,
        "ONNX graph is not a BERT encoder as this program knows it: " + what);
  }
}
