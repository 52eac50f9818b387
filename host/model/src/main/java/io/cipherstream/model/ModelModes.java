package io.cipherstream.model;

import java.util.List;

/** Which encrypted modes a model can run in, by its kinds alone. */
public final class ModelModes {

  /** Exact softmax, activation and LayerNorm at the client. */
  public static final String ASSISTED = "assisted";

  /** THE-X as published: kernel, T and ReLU at the client, affine norms at the appliance. */
  public static final String PAPER = "paper";

  /** THE-X with the exact reciprocal of a randomly scaled row sum. */
  public static final String COMPACT = "compact";

  /** One request, one answer: a polynomial encoder, and nothing is decrypted on the way. */
  public static final String SEALED = "sealed";

  private ModelModes() {}

  /**
   * The modes with rounds, in the order of preference; empty when none computes such a model. A
   * polynomial encoder's mode, sealed, follows from its spec and not from its shape.
   */
  public static List<String> of(ModelShape shape) {
    if (shape.attention() == AttentionKind.SOFTMAX && shape.norm() == NormKind.FULL) {
      return List.of(ASSISTED);
    }
    if (shape.attention() == AttentionKind.THEX && shape.norm() == NormKind.AFFINE) {
      return List.of(PAPER, COMPACT);
    }
    return List.of();
  }

  /** Why {@link #of} is empty, and what to do; an empty list when it is not. */
  public static List<String> notes(ModelShape shape) {
    if (!of(shape).isEmpty()) {
      return List.of();
    }
    return List.of(
        "No encrypted mode for attention "
            + shape.attention().text()
            + " with norm "
            + shape.norm().text()
            + ": softmax with full norms runs assisted, thex with affine norms runs paper and "
            + "compact. The plaintext pass computes it.");
  }
}
