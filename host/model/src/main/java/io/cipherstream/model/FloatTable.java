package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/** A read-only matrix of floats that keeps half-precision weights in two bytes each. */
public final class FloatTable {

  private final int rows;
  private final int columns;
  private final short @Nullable [] half;
  private final float @Nullable [] full;

  private FloatTable(
      int rows, int columns, short @Nullable [] half, float @Nullable [] full, int length) {
    if (rows < 1 || columns < 1 || length != (long) rows * columns) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "table of " + length + " values: expected " + rows + " × " + columns);
    }
    this.rows = rows;
    this.columns = columns;
    this.half = half;
    this.full = full;
  }

  /** A table over row-major binary16 words; not copied. */
  static FloatTable ofHalf(int rows, int columns, short[] words) {
    return new FloatTable(rows, columns, words, null, words.length);
  }

  /** A table over row-major floats; not copied, but packed to halves when that loses nothing. */
  public static FloatTable of(int rows, int columns, float[] values) {
    short[] packed = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      packed[i] = HalfFloat.fromExact(values[i]);
      if (!HalfFloat.isExact(values[i])) {
        return new FloatTable(rows, columns, null, values, values.length);
      }
    }
    return new FloatTable(rows, columns, packed, null, values.length);
  }

  /**
   * A table of binary16 values next to the given ones, ties to even.
   *
   * @throws ModelException of kind VALUE if a value is not finite or rounds to infinity
   */
  public static FloatTable rounded(int rows, int columns, float[] values) {
    short[] words = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      words[i] = HalfFloat.round(values[i]);
      if ((words[i] & 0x7C00) == 0x7C00) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            "value " + values[i] + " at index " + i + ": expected below 65520 to fit binary16");
      }
    }
    return ofHalf(rows, columns, words);
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** Whether the values are kept in two bytes each. */
  public boolean isHalf() {
    return half != null;
  }

  /** The value at a row and a column. */
  public float get(int row, int column) {
    return value(row * columns + column);
  }

  /** A copy of the values, row-major. */
  public float[] toArray() {
    float[] out = new float[rows * columns];
    for (int i = 0; i < out.length; i++) {
      out[i] = value(i);
    }
    return out;
  }

  /** The value at row · columns + column. */
  float value(int index) {
    return half != null ? HalfFloat.toFloat(half[index]) : nonNull(full)[index];
  }

  private static float[] nonNull(float @Nullable [] values) {
    if (values == null) {
      throw new IllegalStateException("a table has either halves or floats");
    }
    return values;
  }
}
