package io.cipherstream.workflow.hinge;

/**
 * The range and the knots of a fit of T.
 *
 * @param hinges number of hinges; their knots are spaced logarithmically
 * @param knotMin first knot
 * @param knotMax last knot
 * @param from smallest row sum that T inverts
 * @param to largest row sum that T inverts
 */
public record HingeRange(int hinges, double knotMin, double knotMax, double from, double to) {

  /** 20 hinges from 0.3 to 20 000: row sums of MiniLM on SST-2 reach 2·10⁴. */
  public static final HingeRange DEFAULT = over(20, 0.3, 20_000);

  /** Most hinges. */
  public static final int HINGES_MAX = 256;

  /**
   * @throws IllegalArgumentException if hinges is not 2 to {@link #HINGES_MAX}, or if a range is
   *     not positive, finite and ascending
   */
  public HingeRange {
    if (hinges < 2 || hinges > HINGES_MAX) {
      throw new IllegalArgumentException(hinges + " hinges: expected 2 to " + HINGES_MAX);
    }
    ascending("knots", knotMin, knotMax);
    ascending("row sums", from, to);
  }

  /** Knots over the same range that T inverts. */
  public static HingeRange over(int hinges, double from, double to) {
    return new HingeRange(hinges, from, to, from, to);
  }

  private static void ascending(String what, double min, double max) {
    if (!(min > 0 && min < max) || Double.isInfinite(max)) {
      throw new IllegalArgumentException(
          what + " from " + min + " to " + max + ": expected 0 < from < to, both finite");
    }
  }
}
