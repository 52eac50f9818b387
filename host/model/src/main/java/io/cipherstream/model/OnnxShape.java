package io.cipherstream.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Arithmetic of shapes: sizes, strides, broadcasting. */
final class OnnxShape {

  /** Most numbers of one value that the graph computes. */
  static final int LENGTH_MAX = 1 << 26;

  private OnnxShape() {}

  /**
   * @throws ModelException of kind SHAPE if a size is negative or their product above LENGTH_MAX
   */
  static int count(int... shape) {
    long count = 1;
    for (int s : shape) {
      if (s < 0) {
        throw bad("size " + s + " in " + Arrays.toString(shape));
      }
      count = Math.min(count * s, Long.MAX_VALUE >> 32);
    }
    if (count > LENGTH_MAX) {
      throw bad("a value of shape " + Arrays.toString(shape) + ": at most " + LENGTH_MAX);
    }
    return (int) count;
  }

  static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    int s = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = s;
      s *= shape[i];
    }
    return strides;
  }

  /** An axis counted from the front. */
  static int axis(int axis, int rank) {
    int a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= rank) {
      throw bad("axis " + axis + " of a value with " + rank + " dimensions");
    }
    return a;
  }

  static int[] broadcast(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] out = new int[rank];
    for (int i = 0; i < rank; i++) {
      int x = i < rank - a.length ? 1 : a[i - rank + a.length];
      int y = i < rank - b.length ? 1 : b[i - rank + b.length];
      if (x != y && x != 1 && y != 1) {
        throw bad(
            "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not broadcast");
      }
      out[i] = x == 1 ? y : x;
    }
    return out;
  }

  /** The value repeated to a shape that it broadcasts to. */
  static OnnxValue expand(OnnxValue value, int[] shape) {
    if (Arrays.equals(value.shape(), shape)) {
      return value;
    }
    if (value.rank() > shape.length) {
      throw bad(Arrays.toString(value.shape()) + " repeated to " + Arrays.toString(shape));
    }
    int[] from = strides(value.shape());
    int[] steps = new int[shape.length];
    int offset = shape.length - value.rank();
    for (int i = 0; i < from.length; i++) {
      if (value.shape()[i] != 1 && value.shape()[i] != shape[i + offset]) {
        throw bad(Arrays.toString(value.shape()) + " repeated to " + Arrays.toString(shape));
      }
      steps[i + offset] = value.shape()[i] == 1 ? 0 : from[i];
    }
    return strided(value, shape, steps, 0);
  }

  /** Element (i₀, i₁, …) is the value's element start + Σ iₖ·stepsₖ. */
  static OnnxValue strided(OnnxValue value, int[] shape, int[] steps, int start) {
    int[] at = new int[shape.length];
    int[] places = new int[count(shape)];
    int place = start;
    for (int i = 0; i < places.length; i++) {
      places[i] = value.place(place);
      for (int d = shape.length - 1; d >= 0; d--) {
        place += steps[d];
        if (++at[d] < shape[d]) {
          break;
        }
        place -= steps[d] * shape[d];
        at[d] = 0;
      }
    }
    return new OnnxValue(value.base(), orNull(places, value.base().length()), shape, value.type());
  }

  /** Null for 0, 1, 2, … up to the length, which needs no index. */
  static int @Nullable [] orNull(int[] places, int length) {
    if (places.length != length) {
      return places;
    }
    for (int i = 0; i < places.length; i++) {
      if (places[i] != i) {
        return places;
      }
    }
    return null;
  }

  /** Whether every place below length stands in the index exactly once. */
  static boolean isPermutation(int @Nullable [] index, int length) {
    if (index == null) {
      return true;
    }
    if (index.length != length) {
      return false;
    }
    boolean[] seen = new boolean[length];
    for (int place : index) {
      if (seen[place]) {
        return false;
      }
      seen[place] = true;
    }
    return true;
  }

  static ModelException bad(String what) {
    return new ModelException(
        ModelException.Kind.SHAPE, "ONNX graph: " + what + ": the sizes do not fit");
  }
}
