package io.cipherstream.model;

import java.util.List;

/** Which encrypted modes a model can run in, by its kinds alone. */
public final class ModelModes {

  /** Products with weights at the appliance, everything else at the client, exactly. */
  public static final String HYBRID = "hybrid";

  /** What {@link #HYBRID} was called before; accepted in its place for one release. */
  public static final String ASSISTED = "assisted";

  /** What a user is told who wrote {@link #ASSISTED}. */
  public static final String ASSISTED_NOTE =
      "mode assisted is now called hybrid, and the old name will go with the next release: write"
          + " hybrid";

  /** THE-X as published: kernel, T and ReLU at the client, affine norms at the appliance. */
  public static final String PAPER = "paper";

  /** THE-X with the exact reciprocal of a randomly scaled row sum. */
  public static final String COMPACT = "compact";

  /** One request, one answer: a polynomial encoder, and nothing is decrypted on the way. */
  public static final String SEALED = "sealed";

  private ModelModes() {}

  /** The present name of a mode; any other word as it is. */
  public static String current(String word) {
    return word.equals(ASSISTED) ? HYBRID : word;
  }

  /**
   * The modes with rounds, in the order of preference; empty when none computes such a model. A
   * polynomial encoder's mode, sealed, follows from its spec and not from its shape.
   */
  public static List<String> of(ModelShape shape) {
    if (shape.attention().exact() && shape.norm() == NormKind.FULL) {
      return List.of(HYBRID);
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
            + ": softmax with full norms runs hybrid, thex with affine norms runs paper and "
            + "compact. The plaintext pass computes it.");
  }
}
