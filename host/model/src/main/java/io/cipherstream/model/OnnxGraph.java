package io.cipherstream.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph: nodes in topological order, constants, and who makes and uses each value. The
 * order is checked, so a walk along values comes to an end.
 */
public final class OnnxGraph {

  /** Most nodes; an encoder of 48 layers has some thousand. */
  static final int NODES_MAX = 1 << 16;

  /** Most inputs and outputs of all nodes together. */
  static final int VALUES_MAX = 1 << 18;

  /**
   * One operation.
   *
   * @param domain empty for ONNX's own operators
   */
  public record Node(
      String domain,
      String operator,
      String name,
      List<String> inputs,
      List<String> outputs,
      OnnxAttributes attributes) {

    /** For messages. */
    public String label() {
      return "node '" + name + "' (" + (domain.isEmpty() ? "" : domain + " ") + operator + ")";
    }

    /** The name of input i, empty when there are not so many. */
    public String input(int i) {
      return i < inputs.size() ? inputs.get(i) : "";
    }
  }

  /**
   * What the graph is fed with.
   *
   * @param sizes the sizes of its dimensions, -1 for one that is open
   */
  public record Input(String name, List<Long> sizes) {}

  private final int operatorSet;
  private final List<Node> nodes;
  private final List<Input> inputs;
  private final List<String> outputs;
  private final Map<String, OnnxConstant> constants;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();

  /**
   * @param operatorSet version of ONNX's own operators
   * @throws ModelException of kind MALFORMED if two nodes make one value, or if a node uses what
   *     itself or a later node makes; SHAPE beyond NODES_MAX or VALUES_MAX
   */
  OnnxGraph(
      int operatorSet,
      List<Node> nodes,
      List<Input> inputs,
      List<String> outputs,
      Map<String, OnnxConstant> constants) {
    checkSizes(nodes);
    this.operatorSet = operatorSet;
    this.nodes = List.copyOf(nodes);
    this.inputs = inputs.stream().filter(i -> !constants.containsKey(i.name())).toList();
    this.outputs = List.copyOf(outputs);
    this.constants = Map.copyOf(constants);
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

  private static ModelException malformed(String what, String expected) {
    return new ModelException(
        ModelException.Kind.MALFORMED, "ONNX graph: " + what + ": expected " + expected);
  }

  int operatorSet() {
    return operatorSet;
  }

  public List<Node> nodes() {
    return nodes;
  }

  /** Inputs that no constant stands for. */
  public List<Input> inputs() {
    return inputs;
  }

  public List<String> outputs() {
    return outputs;
  }

  public Map<String, OnnxConstant> constants() {
    return constants;
  }

  @Nullable Node producer(String name) {
    return producers.get(name);
  }

  List<Node> consumers(String name) {
    return consumers.getOrDefault(name, List.of());
  }

  /** The nodes that the outputs depend on, in order. */
  List<Node> needed() {
    Set<Node> found = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> seen = new HashSet<>(outputs);
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      Node node = producers.get(open.pop());
      if (node != null && found.add(node)) {
        for (String input : node.inputs()) {
          if (seen.add(input)) {
            open.push(input);
          }
        }
      }
    }
    return nodes.stream().filter(found::contains).toList();
  }
}
