package io.cipherstream.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes an ONNX graph in float64 by its operators' definitions, and notes with each value what
 * it means. Operators that an encoder's graph has no use for are refused by name.
 */
final class OnnxInterpreter {

  /** Most numbers that one run makes. */
  static final long NUMBERS_MAX = 1L << 27;

  private final OnnxGraph graph;
  private final OnnxProducts products;
  private final Map<String, OnnxValue> constants = new HashMap<>();

  OnnxInterpreter(OnnxGraph graph) {
    this.graph = graph;
    this.products = new OnnxProducts();
    graph
        .constants()
        .forEach(
            (name, c) ->
                constants.put(
                    name, OnnxValue.of(OnnxBase.of(c.data()), c.type(), c.data().shape())));
  }

  /**
   * The outputs by name.
   *
   * @param fed a value for each of the graph's inputs
   * @throws ModelException of kind UNSUPPORTED for an operator that is not known, SHAPE or
   *     MALFORMED for a graph that cannot be computed
   */
  Map<String, OnnxValue> run(Map<String, OnnxValue> fed) {
    products.clear();
    Map<String, OnnxValue> values = new HashMap<>(constants);
    values.putAll(fed);
    long numbers = 0;
    for (OnnxGraph.Node node : graph.needed()) {
      List<OnnxValue> made = compute(node, values);
      for (int i = 0; i < Math.min(made.size(), node.outputs().size()); i++) {
        values.put(node.outputs().get(i), made.get(i));
        numbers += made.get(i).length();
      }
      if (numbers > NUMBERS_MAX) {
        throw OnnxShape.bad("more than " + NUMBERS_MAX + " numbers to compute");
      }
    }
    Map<String, OnnxValue> out = new HashMap<>();
    for (String name : graph.outputs()) {
      OnnxValue value = values.get(name);
      if (value == null) {
        throw new ModelException(
            ModelException.Kind.MALFORMED, "ONNX graph: no node makes output '" + name + "'");
      }
      out.put(name, value);
    }
    return out;
  }

  private List<OnnxValue> compute(OnnxGraph.Node node, Map<String, OnnxValue> values) {
    List<@Nullable OnnxValue> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      OnnxValue value = values.get(name);
      if (value == null && !name.isEmpty()) {
        throw new ModelException(
            ModelException.Kind.MALFORMED,
            "ONNX graph: " + node.label() + " uses value '" + name + "', which nothing makes");
      }
      inputs.add(value);
    }
    try {
      return new OnnxOperator(node, inputs, graph.operatorSet(), products).compute();
    } catch (ModelException e) {
      String message = String.valueOf(e.getMessage());
      throw message.contains(node.label())
          ? e
          : new ModelException(e.kind(), message + " (" + node.label() + ")", e);
    } catch (IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "ONNX graph: " + node.label() + " cannot be computed with inputs " + inputs,
          e);
    }
  }
}
