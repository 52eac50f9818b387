package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * A matrix of whole numbers of at most {@value #ENTRY_MAX} in magnitude, outside the Java heap,
 * which multiplies limbs: y_r = Σ_c m[r][c]·x_c, word by word, modulo a prime. Immutable once
 * filled.
 */
public final class IntegerMatrix {

  /** Largest magnitude of an entry. */
  public static final int ENTRY_MAX = (1 << 30) - 1;

  /** Most entries: their bytes fit one buffer. */
  private static final long ENTRIES_MAX = Integer.MAX_VALUE / Integer.BYTES;

  private final int rows;
  private final int columns;
  private final ByteBuffer bytes;
  private final IntBuffer entries;

  /** One row's entries. */
  public interface Rows {
    /** Entries of a row, as many as the matrix has columns. */
    int[] row(int index);
  }

  /**
   * @throws IllegalArgumentException if a size is not positive, there are too many entries, a row
   *     has another length, or an entry is larger than {@link #ENTRY_MAX} in magnitude
   */
  public IntegerMatrix(int rows, int columns, Rows values) {
    if (rows < 1 || columns < 1 || (long) rows * columns > ENTRIES_MAX) {
      throw new IllegalArgumentException(
          "matrix of "
              + rows
              + " × "
              + columns
              + ": expected at least 1 × 1 and at most "
              + ENTRIES_MAX
              + " entries");
    }
    this.rows = rows;
    this.columns = columns;
    this.bytes =
        ByteBuffer.allocateDirect(Integer.BYTES * rows * columns).order(ByteOrder.nativeOrder());
    this.entries = bytes.asIntBuffer();
    for (int r = 0; r < rows; r++) {
      int[] row = values.row(r);
      if (row.length != columns) {
        throw new IllegalArgumentException(
            "row " + r + " of " + row.length + " entries, expected " + columns);
      }
      for (int c = 0; c < columns; c++) {
        if (Math.abs((long) row[c]) > ENTRY_MAX) {
          throw new IllegalArgumentException(
              "entry "
                  + row[c]
                  + " in row "
                  + r
                  + ", column "
                  + c
                  + ": at most "
                  + ENTRY_MAX
                  + " in magnitude");
        }
      }
      entries.put(r * columns, row);
    }
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** m[row][column]. */
  public int entry(int row, int column) {
    return entries.get(row * columns + column);
  }

  /** The entries row by row in the machine's byte order, read-only. */
  public ByteBuffer entries() {
    return bytes.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
  }

  /** Bytes outside the heap. */
  public long bytes() {
    return bytes.capacity();
  }
}
