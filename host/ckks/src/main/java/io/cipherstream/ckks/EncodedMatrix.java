package io.cipherstream.ckks;

import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ring.IntegerMatrix;
import java.util.function.IntFunction;

/**
 * A matrix of whole numbers for any arithmetic on ciphertexts' words.
 *
 * @param entries nearest to the scale times a real number
 */
public record EncodedMatrix(IntegerMatrix entries, double scale) implements PlainMatrix {

  /**
   * Rounds a real matrix.
   *
   * @param values a row's numbers
   * @throws CkksException of kind VALUE if one is not finite or beyond {@link
   *     IntegerMatrix#ENTRY_MAX} at the scale
   */
  static EncodedMatrix of(int rows, int columns, IntFunction<double[]> values, double scale) {
    return new EncodedMatrix(
        new IntegerMatrix(rows, columns, r -> rounded(values.apply(r), scale, r)), scale);
  }

  private static int[] rounded(double[] row, double scale, int index) {
    int[] entries = new int[row.length];
    for (int c = 0; c < row.length; c++) {
      double entry = Math.rint(row[c] * scale);
      if (!(Math.abs(entry) <= IntegerMatrix.ENTRY_MAX)) {
        throw new CkksException(
            Kind.VALUE,
            "encodeMatrix: "
                + row[c]
                + " in row "
                + index
                + " at scale "
                + scale
                + ": at most "
                + IntegerMatrix.ENTRY_MAX / scale
                + " in magnitude");
      }
      entries[c] = (int) entry;
    }
    return entries;
  }

  @Override
  public int rows() {
    return entries.rows();
  }

  @Override
  public int columns() {
    return entries.columns();
  }

  @Override
  public long bytes() {
    return entries.bytes();
  }

  /** Nothing: the garbage collector frees the entries. */
  @Override
  public void close() {}
}
