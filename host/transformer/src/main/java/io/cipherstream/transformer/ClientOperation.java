package io.cipherstream.transformer;

import io.cipherstream.model.Pooler;
import java.util.Locale;

/** The client's computation on the decrypted slots of a round, before it encrypts them again. */
public enum ClientOperation {
  /** Queries over √d, keys and values → softmax and the heads' weighted values. */
  ATTENTION,
  /** Scores x → ReLU(x/2 + 1)³ over the real tokens with a block exponent per token and head. */
  KERNEL,
  /** Hinge pre-activations of T → ReLU. */
  HINGES,
  /** Randomly scaled row sums → reciprocals. */
  RECIPROCAL,
  /** Residual sums → (x − μ)/σ per token; the affine part stays in the appliance's weights. */
  NORMALIZE,
  /** Residual sums → the same values, freshly encrypted. */
  REFRESH,
  /** FFN pre-activations → the model's activation. */
  ACTIVATION,
  /** As NORMALIZE or REFRESH; then each token is weighted for pooling. */
  POOL,
  /** The pooler's pre-activation → tanh, only in the first token's row. */
  TANH,
  /** As TANH, with ReLU. */
  RELU,
  /** As TANH, with GELU. */
  GELU;

  /** What the client does between the pooler's matrix and the classifier. */
  static ClientOperation of(Pooler pooler) {
    return switch (pooler) {
      case NONE -> throw new IllegalArgumentException("no pooler: nothing to do");
      case TANH -> TANH;
      case RELU -> RELU;
      case GELU -> GELU;
    };
  }

  /** Lower-case name used in messages and plans. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
