package io.cipherstream.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph: nodes in topological order, constants, and who makes and uses each value. The
 * order is checked, so a walk along values comes to an end.
 */
final class OnnxGraph {

  /** Most nodes; an encoder of 48 layers has some thousand. */
  static final int NODES_MAX = 1 << 16;

  /** Most inputs and outputs of all nodes together. */
  static final int VALUES_MAX = 1 << 18;

  /**
   * One operation.
   *
   * @param constants tensor attributes by name
   * @param numbers int and float attributes by name
   */
  record Node(
      String operator,
      String name,
      List<String> inputs,
      List<String> outputs,
      Map<String, TensorData> constants,
      Map<String, Double> numbers) {

    /** For messages. */
    String label() {
      return "node '" + name + "' (" + operator + ")";
    }

    String output() {
      return outputs.isEmpty() ? "" : outputs.get(0);
    }

    /** The name of input i, empty when there are not so many. */
    String input(int i) {
      return i < inputs.size() ? inputs.get(i) : "";
    }

    /** The two inputs of an operator that has two; what stands behind them is not looked at. */
    List<String> operands() {
      return List.of(input(0), input(1));
    }

    double number(String attribute, double otherwise) {
      return numbers.getOrDefault(attribute, otherwise);
    }
  }

  private final List<Node> nodes;
  private final List<String> inputs;
  private final Map<String, TensorData> constants;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();

  /**
   * @throws ModelException of kind MALFORMED if two nodes make one value, or if a node uses what
   *     itself or a later node makes; SHAPE beyond NODES_MAX or VALUES_MAX
   */
  OnnxGraph(List<Node> nodes, List<String> inputs, Map<String, TensorData> initializers) {
    checkSizes(nodes);
    this.nodes = List.copyOf(nodes);
    this.inputs = List.copyOf(inputs);
    this.constants = new HashMap<>(initializers);
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty()) {
          consumers.computeIfAbsent(input, k -> new ArrayList<>()).add(node);
        }
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          produce(output, node);
        }
      }
      TensorData value = fixed(node);
      if (value != null && !node.output().isEmpty()) {
        constants.putIfAbsent(node.output(), value);
      }
    }
  }

  private static void checkSizes(List<Node> nodes) {
    long values = 0;
    for (Node node : nodes) {
      values += node.inputs().size() + node.outputs().size();
    }
    if (nodes.size() > NODES_MAX || values > VALUES_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "ONNX graph of "
              + nodes.size()
              + " nodes with "
              + values
              + " inputs and outputs: expected at most "
              + NODES_MAX
              + " with "
              + VALUES_MAX);
    }
  }

  /** Notes who makes a value; every node up to this one is among the consumers already. */
  private void produce(String value, Node node) {
    Node other = producers.putIfAbsent(value, node);
    if (other != null) {
      throw malformed(
          "value '" + value + "' is made by " + other.label() + " and by " + node.label(),
          "one node a value");
    }
    List<Node> before = consumers.get(value);
    if (before != null) {
      throw malformed(
          before.get(0).label() + " uses value '" + value + "' before " + node.label() + " made it",
          "nodes in topological order");
    }
  }

  /** What a Constant holds, or what constant an Identity passes on. */
  private @Nullable TensorData fixed(Node node) {
    return switch (node.operator()) {
      case "Constant" -> node.constants().get("value");
      case "Identity" -> constants.get(node.input(0));
      default -> null;
    };
  }

  private static ModelException malformed(String what, String expected) {
    return new ModelException(
        ModelException.Kind.MALFORMED, "ONNX graph: " + what + ": expected " + expected);
  }

  List<Node> nodes() {
    return nodes;
  }

  List<String> inputs() {
    return inputs;
  }

  /** The constant of that name, through Identity nodes; null when the value is computed. */
  @Nullable TensorData constant(String name) {
    return constants.get(name);
  }

  @Nullable Node producer(String name) {
    return producers.get(name);
  }

  List<Node> consumers(String name) {
    return consumers.getOrDefault(name, List.of());
  }
}
