package io.cipherstream.model;

/** Sees the intermediate tensors of a plaintext forward pass; must not change them. */
@FunctionalInterface
public interface ForwardObserver {

  /** The tensors that are shown, in the order of {@link LayerRanges}. */
  enum Tensor {
    /** [tokens][width]: what enters the layer, before the previous norm's affine part. */
    INPUT,
    /** [tokens][width]. */
    QUERY,
    /** [tokens][width]. */
    KEY,
    /** [tokens][width]. */
    VALUE,
    /** [heads · tokens][tokens]: row head · tokens + query. */
    SCORE,
    /** [heads · tokens][1], attention THEX only: row head · tokens + query. */
    ROW_SUM,
    /** [heads · tokens][tokens]: the attention weights. */
    ATTENTION_WEIGHT,
    /** [tokens][width]: the concatenated heads before the output projection. */
    ATTENTION,
    /** [tokens][width]. */
    PRE_NORM_1,
    /** [tokens][ffnWidth]. */
    PRE_ACTIVATION,
    /** [tokens][ffnWidth]. */
    ACTIVATION,
    /** [tokens][width]. */
    PRE_NORM_2,
    /**
     * [1 or tokens][outputs], with layer = layers: logits, the value, or the pooled row before it
     * is normalised; without pooling one row a token.
     */
    OUTPUT
  }

  /** Called once a tensor and layer, in the order of computation. */
  void see(int layer, Tensor tensor, double[][] values);
}
