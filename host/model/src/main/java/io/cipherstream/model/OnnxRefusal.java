package io.cipherstream.model;

import java.util.Set;

/** What is said about graphs that cannot be read, with the way out. */
final class OnnxRefusal {

  /** The way out of a graph that an optimiser rewrote. */
  static final String BEFORE_OPTIMISATION =
      "import the graph as it was before optimisation, or the Hugging Face folder it was made from";

  private static final String BEFORE_QUANTISATION =
      "import the graph as it was before quantisation, or the Hugging Face folder it was made from";

  private static final Set<String> QUANTISED =
      Set.of(
          "MatMulInteger",
          "ConvInteger",
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "QLinearMatMul",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "QAttention",
          "QEmbedLayerNormalization",
          "QGemm",
          "QLinearAdd",
          "MatMulNBits",
          "MatMulBnb4",
          "GatherBlockQuantized");

  private OnnxRefusal() {}

  /**
   * @throws ModelException of kind UNSUPPORTED if a node that the outputs depend on is quantised or
   *     fused
   */
  static void check(OnnxGraph graph) {
    for (OnnxGraph.Node node : graph.needed()) {
      if (QUANTISED.contains(node.operator())) {
        throw unsupported("the graph is quantised: " + node.label() + ": " + BEFORE_QUANTISATION);
      }
      if (!isOwn(node)) {
        throw operator(node);
      }
    }
  }

  private static boolean isOwn(OnnxGraph.Node node) {
    return node.domain().isEmpty() || node.domain().equals("ai.onnx");
  }

  static ModelException operator(OnnxGraph.Node node) {
    if (isOwn(node)) {
      return unsupported(
          "operator "
              + node.operator()
              + " is none of those that an encoder is read from; "
              + BEFORE_OPTIMISATION);
    }
    return unsupported(
        "the graph is fused: "
            + node.label()
            + " is no operator of ONNX's own: "
            + BEFORE_OPTIMISATION);
  }

  static ModelException unsupported(String what) {
    return new ModelException(
        ModelException.Kind.UNSUPPORTED,
        "ONNX graph is not a BERT encoder as this program knows it: " + what);
  }
}
