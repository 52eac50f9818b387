package io.cipherstream.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An ONNX graph: nodes in topological order, constants, and who makes and uses each value. */
final class OnnxGraph {

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

    String output() {
      return outputs.isEmpty() ? "" : outputs.get(0);
    }

    /** The name of input i, empty when there are not so many. */
    String input(int i) {
      return i < inputs.size() ? inputs.get(i) : "";
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

  OnnxGraph(List<Node> nodes, List<String> inputs, Map<String, TensorData> initializers) {
    this.nodes = List.copyOf(nodes);
    this.inputs = List.copyOf(inputs);
    this.constants = new HashMap<>(initializers);
    for (Node node : nodes) {
      node.outputs().forEach(o -> producers.put(o, node));
      node.inputs().forEach(i -> consumers.computeIfAbsent(i, k -> new ArrayList<>()).add(node));
      TensorData value = node.constants().get("value");
      if (node.operator().equals("Constant") && value != null) {
        constants.put(node.output(), value);
      }
    }
  }

  List<Node> nodes() {
    return nodes;
  }

  List<String> inputs() {
    return inputs;
  }

  /** The constant of that name, through Identity nodes; null when the value is computed. */
  @Nullable TensorData constant(String name) {
    String at = name;
    for (int hop = 0; hop < nodes.size(); hop++) {
      TensorData value = constants.get(at);
      Node producer = producers.get(at);
      if (value != null || producer == null || !producer.operator().equals("Identity")) {
        return value;
      }
      at = producer.input(0);
    }
    return null;
  }

  @Nullable Node producer(String name) {
    return producers.get(name);
  }

  List<Node> consumers(String name) {
    return consumers.getOrDefault(name, List.of());
  }
}
