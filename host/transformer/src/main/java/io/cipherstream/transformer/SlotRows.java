package io.cipherstream.transformer;

import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which row of a map stands in the slots of a row of tokens, at each of F positions: one in the
 * real part, one in the imaginary part.
 *
 * @param real the row at a position, negative for none
 * @param imaginary likewise; null for real slots
 * @param share what the map is multiplied by: ½ where adding or subtracting the conjugate takes the
 *     parts apart and doubles them
 */
record SlotRows(IntUnaryOperator real, @Nullable IntUnaryOperator imaginary, double share) {

  /** A factor of a row at a position. */
  @FunctionalInterface
  interface Factor {
    double of(int row, int position);
  }

  /** Real slots. */
  static SlotRows real(IntUnaryOperator row) {
    return new SlotRows(row, null, 1);
  }

  /** Whether a slot has an imaginary part. */
  boolean isComplex() {
    return imaginary != null;
  }

  /** Real parts at F positions, then imaginary ones; 0 where there is no row. */
  double[] values(int features, Factor factor) {
    double[] out = new double[2 * features];
    fill(out, 0, features, real, factor);
    if (imaginary != null) {
      fill(out, features, features, imaginary, factor);
    }
    return out;
  }

  private void fill(double[] out, int from, int features, IntUnaryOperator rows, Factor factor) {
    for (int i = 0; i < features; i++) {
      int row = rows.applyAsInt(i);
      out[from + i] = row < 0 ? 0 : share * factor.of(row, i);
    }
  }
}
