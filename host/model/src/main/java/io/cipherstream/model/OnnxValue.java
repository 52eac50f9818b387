package io.cipherstream.model;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value of an ONNX graph: a shape over numbers that stand in a base. Reshaping, transposing,
 * slicing and repeating change only which number of the base stands where, so what a value means is
 * told from its base, and how it is laid out from the index.
 *
 * @param base the numbers and their meaning
 * @param index for each element, row-major, its place in the base; null for the base's own order
 * @param shape sizes, outermost first
 */
@SuppressWarnings("ArrayRecordComponent")
record OnnxValue(OnnxBase base, int @Nullable [] index, int[] shape, Type type) {

  /** What a value's numbers are. */
  enum Type {
    REAL,
    INTEGER,
    TRUTH
  }

  static OnnxValue of(OnnxBase base, Type type, int... shape) {
    return new OnnxValue(base, null, shape, type);
  }

  int length() {
    return index == null ? base.length() : index.length;
  }

  int rank() {
    return shape.length;
  }

  /** The size of the innermost dimension. */
  int last() {
    return shape.length == 0 ? 1 : shape[shape.length - 1];
  }

  /** Where element i stands in the base. */
  int place(int i) {
    return index == null ? i : index[i];
  }

  double get(int i) {
    return base.get(place(i));
  }

  /** Whether nothing that the graph is fed with has a part in it. */
  boolean isConstant() {
    return base.inputs() == 0;
  }

  int[] integers() {
    int[] out = new int[length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, get(i)));
    }
    return out;
  }

  double[] numbers() {
    double[] out = new double[length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = get(i);
    }
    return out;
  }

  OnnxValue reshaped(int... sizes) {
    return new OnnxValue(base, index, sizes, type);
  }

  OnnxValue typed(Type other) {
    return new OnnxValue(base, index, shape, other);
  }

  /** A value of another shape whose element i is this one's element map(i). */
  OnnxValue view(int[] sizes, IntUnaryOperator map) {
    int[] places = new int[OnnxShape.count(sizes)];
    for (int i = 0; i < places.length; i++) {
      places[i] = place(map.applyAsInt(i));
    }
    return new OnnxValue(base, OnnxShape.orNull(places, base.length()), sizes, type);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape) + " of " + base.meaning().getClass().getSimpleName();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
