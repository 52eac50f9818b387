package io.cipherstream.transformer;

import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One result of linear maps of a row: which rows of a matrix stand at which positions.
 *
 * @param matrix [rows][columns]; null to trace shapes only
 * @param constant one a row; null where nothing is added
 * @param rows of the matrix
 */
@SuppressWarnings("ArrayRecordComponent")
record RowPiece(double @Nullable [][] matrix, double @Nullable [] constant, SlotRows rows) {

  /** Factors of the column that each position takes, real parts and then imaginary ones. */
  double[] factors(int features, IntUnaryOperator column) {
    double[][] of = matrix;
    return rows.values(
        features,
        (row, position) -> {
          int at = column.applyAsInt(position);
          return of == null || at < 0 ? 0 : of[row][at];
        });
  }

  /** The constants of all positions, real parts and then imaginary ones. */
  double[] constants(int features) {
    return constants(constant, rows, features);
  }

  /** What a map adds at all positions, zeros without constants. */
  static double[] constants(double @Nullable [] constant, SlotRows rows, int features) {
    return rows.values(features, (row, position) -> constant == null ? 0 : constant[row]);
  }
}
