package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * One encoder layer: x₁ = norm(x + O·attention(Q·x, K·x, V·x)), x₂ = norm(x₁ + B·f(A·x₁)).
 *
 * @param query Q, width × width
 * @param key K, width × width
 * @param value V, width × width
 * @param attentionOutput O, width × width
 * @param attentionNorm the norm after the attention
 * @param intermediate A, ffnWidth × width
 * @param output B, width × ffnWidth
 * @param outputNorm the norm after the feed-forward network
 * @param normalizer T, for attention THEX only
 * @param power for attention POWER only
 */
public record LayerWeights(
    DenseLayer query,
    DenseLayer key,
    DenseLayer value,
    DenseLayer attentionOutput,
    NormLayer attentionNorm,
    DenseLayer intermediate,
    DenseLayer output,
    NormLayer outputNorm,
    @Nullable HingeNetwork normalizer,
    @Nullable PowerAttention power) {

  /**
   * @throws ModelException of kind SHAPE or TENSOR_MISSING if a part does not fit the shape
   */
  void check(int layer, ModelShape shape) {
    int width = shape.width();
    String at = "layer " + layer + ": ";
    dense(at + "query", query, width, width);
    dense(at + "key", key, width, width);
    dense(at + "value", value, width, width);
    dense(at + "attention output", attentionOutput, width, width);
    dense(at + "intermediate", intermediate, shape.ffnWidth(), width);
    dense(at + "output", output, width, shape.ffnWidth());
    norm(at + "attention norm", attentionNorm, width);
    norm(at + "output norm", outputNorm, width);
    if (shape.attention() == AttentionKind.THEX && normalizer == null) {
      throw new ModelException(
          ModelException.Kind.TENSOR_MISSING, at + "attention thex needs T (knots, coefficients)");
    }
    if (shape.attention() == AttentionKind.POWER && power == null) {
      throw new ModelException(
          ModelException.Kind.TENSOR_MISSING, at + "attention power needs scale and offset");
    }
  }

  private static void dense(String what, DenseLayer layer, int outputs, int inputs) {
    if (layer.outputs() != outputs || layer.inputs() != inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          what
              + " is "
              + layer.outputs()
              + " × "
              + layer.inputs()
              + ": expected "
              + outputs
              + " × "
              + inputs);
    }
  }

  private static void norm(String what, NormLayer layer, int width) {
    if (layer.width() != width) {
      throw new ModelException(
          ModelException.Kind.SHAPE, what + " has " + layer.width() + " features, not " + width);
    }
  }
}
