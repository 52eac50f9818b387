package io.cipherstream.transformer;

import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One result of linear maps of a row: which row of a matrix stands at which position.
 *
 * @param matrix [rows][columns]; null to trace shapes only
 * @param constant one a row; null where nothing is added
 * @param row of the matrix at a position, negative for none
 */
@SuppressWarnings("ArrayRecordComponent")
record RowPiece(double @Nullable [][] matrix, double @Nullable [] constant, IntUnaryOperator row) {

  /** The factor of a column at a position; 0 where there is no row. */
  double factor(int position, int column) {
    int at = row.applyAsInt(position);
    return matrix == null || at < 0 ? 0 : matrix[at][column];
  }

  /** The constants of all positions. */
  double[] constants(int features) {
    return constants(constant, row, features);
  }

  /** What a map adds at all positions, zeros without constants. */
  static double[] constants(double @Nullable [] constant, IntUnaryOperator row, int features) {
    double[] out = new double[features];
    for (int i = 0; constant != null && i < features; i++) {
      int at = row.applyAsInt(i);
      out[i] = at < 0 ? 0 : constant[at];
    }
    return out;
  }
}
