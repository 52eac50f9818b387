package io.cipherstream.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that move numbers without changing them. */
final class OnnxLayout {

  private OnnxLayout() {}

  static OnnxValue transpose(OnnxValue x, int @Nullable [] order) {
    int rank = x.rank();
    int[] strides = OnnxShape.strides(x.shape());
    int[] shape = new int[rank];
    int[] steps = new int[rank];
    if (order != null && order.length != rank) {
      throw OnnxShape.bad("a transposition of " + order.length + " dimensions, there are " + rank);
    }
    boolean[] seen = new boolean[rank];
    for (int d = 0; d < rank; d++) {
      int from = order == null ? rank - 1 - d : OnnxShape.axis(order[d], rank);
      if (seen[from]) {
        throw OnnxShape.bad("a transposition with axis " + from + " twice");
      }
      seen[from] = true;
      shape[d] = x.shape()[from];
      steps[d] = strides[from];
    }
    return OnnxShape.strided(x, shape, steps, 0);
  }

  static OnnxValue reshape(OnnxValue x, int[] wanted, boolean allowZero) {
    int[] shape = wanted.clone();
    int open = -1;
    long known = 1;
    for (int d = 0; d < shape.length; d++) {
      if (shape[d] == 0 && !allowZero) {
        if (d >= x.rank()) {
          throw OnnxShape.bad("reshape to " + Arrays.toString(wanted));
        }
        shape[d] = x.shape()[d];
      }
      if (shape[d] == -1 && open < 0) {
        open = d;
      } else {
        known *= shape[d];
      }
    }
    if (open >= 0) {
      shape[open] = known == 0 ? -1 : (int) (x.length() / known);
    }
    if (OnnxShape.count(shape) != x.length()) {
      throw OnnxShape.bad(
          "reshape of " + Arrays.toString(x.shape()) + " to " + Arrays.toString(wanted));
    }
    return x.reshaped(shape);
  }

  static OnnxValue flatten(OnnxValue x, int at) {
    int axis = at == x.rank() ? at : OnnxShape.axis(at, Math.max(1, x.rank()));
    int rows = OnnxShape.count(Arrays.copyOf(x.shape(), axis));
    return x.reshaped(rows, rows == 0 ? 0 : x.length() / rows);
  }

  static OnnxValue unsqueeze(OnnxValue x, int[] axes) {
    int rank = x.rank() + axes.length;
    int[] shape = new int[rank];
    for (int axis : axes) {
      shape[OnnxShape.axis(axis, rank)] = -1;
    }
    int from = 0;
    for (int d = 0; d < rank; d++) {
      if (shape[d] == -1) {
        shape[d] = 1;
      } else if (from == x.rank()) {
        throw OnnxShape.bad("unsqueeze with axes " + Arrays.toString(axes));
      } else {
        shape[d] = x.shape()[from++];
      }
    }
    return x.reshaped(shape);
  }

  static OnnxValue squeeze(OnnxValue x, int @Nullable [] axes) {
    boolean[] gone = new boolean[x.rank()];
    if (axes == null) {
      for (int d = 0; d < gone.length; d++) {
        gone[d] = x.shape()[d] == 1;
      }
    } else {
      for (int axis : axes) {
        gone[OnnxShape.axis(axis, x.rank())] = true;
      }
    }
    List<Integer> shape = new ArrayList<>();
    for (int d = 0; d < gone.length; d++) {
      if (!gone[d]) {
        shape.add(x.shape()[d]);
      } else if (x.shape()[d] != 1) {
        throw OnnxShape.bad("squeeze of " + Arrays.toString(x.shape()));
      }
    }
    return x.reshaped(shape.stream().mapToInt(Integer::intValue).toArray());
  }

  /** ONNX's Slice: starts and ends count from the end when negative, and are cut to the sizes. */
  static OnnxValue slice(
      OnnxValue x, double[] starts, double[] ends, int @Nullable [] axes, double @Nullable [] by) {
    int[] shape = x.shape().clone();
    int[] steps = OnnxShape.strides(shape);
    int start = 0;
    for (int i = 0; i < starts.length; i++) {
      int axis = OnnxShape.axis(axes == null ? i : axes[i], x.rank());
      int step = by == null ? 1 : (int) by[i];
      if (step == 0 || i >= ends.length) {
        throw OnnxShape.bad("slice without a step or an end");
      }
      long size = x.shape()[axis];
      long from = bound(starts[i], size, 0, step > 0 ? size : size - 1);
      long to = bound(ends[i], size, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
      long count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
      start += (int) from * steps[axis];
      steps[axis] *= step;
      shape[axis] = (int) Math.max(0, count);
    }
    return OnnxShape.strided(x, shape, steps, start);
  }

  private static long bound(double at, long size, long min, long max) {
    double place = at < 0 ? at + size : at;
    return (long) Math.max((double) min, Math.min((double) max, place));
  }

  static List<OnnxValue> split(OnnxValue x, int at, int[] sizes) {
    int axis = OnnxShape.axis(at, x.rank());
    List<OnnxValue> out = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      if (size < 0 || from + (long) size > x.shape()[axis]) {
        throw OnnxShape.bad("split into " + Arrays.toString(sizes));
      }
      double[] start = {from};
      double[] end = {from + size};
      out.add(slice(x, start, end, new int[] {axis}, null));
      from += size;
    }
    return out;
  }

  /** Rows of a value along an axis, by constant indices. */
  static OnnxValue gather(OnnxValue x, OnnxValue indices, int at) {
    int axis = OnnxShape.axis(at, x.rank());
    int[] s = x.shape();
    int inner = OnnxShape.count(Arrays.copyOfRange(s, axis + 1, s.length));
    int[] rows = indices.integers();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(rows[i], s[axis]);
    }
    int[] shape = new int[s.length - 1 + indices.rank()];
    System.arraycopy(s, 0, shape, 0, axis);
    System.arraycopy(indices.shape(), 0, shape, axis, indices.rank());
    System.arraycopy(s, axis + 1, shape, axis + indices.rank(), s.length - axis - 1);
    int block = rows.length * inner;
    return x.view(
        shape, i -> i / block * s[axis] * inner + rows[i % block / inner] * inner + i % inner);
  }

  static int row(int index, int size) {
    int row = index < 0 ? index + size : index;
    if (row < 0 || row >= size) {
      throw OnnxShape.bad("index " + index + " among " + size);
    }
    return row;
  }

  /** Element i of the result is the value's element at the same place but for one axis. */
  static OnnxValue gatherElements(OnnxValue x, OnnxValue indices, int at) {
    int axis = OnnxShape.axis(at, x.rank());
    int[] shape = indices.shape();
    for (int d = 0; d < x.rank(); d++) {
      if (shape.length != x.rank() || (d != axis && shape[d] > x.shape()[d])) {
        throw OnnxShape.bad(
            "indices of shape " + Arrays.toString(shape) + " into " + Arrays.toString(x.shape()));
      }
    }
    int[] from = OnnxShape.strides(x.shape());
    int[] to = OnnxShape.strides(shape);
    int[] rows = indices.integers();
    return x.view(
        shape,
        i -> {
          int place = 0;
          for (int d = 0; d < shape.length; d++) {
            int along = d == axis ? row(rows[i], x.shape()[d]) : i / to[d] % shape[d];
            place += along * from[d];
          }
          return place;
        });
  }

  /** GatherND without batch dimensions. */
  static OnnxValue gatherNd(OnnxValue x, OnnxValue indices) {
    int depth = indices.last();
    if (depth > x.rank() || indices.rank() == 0) {
      throw OnnxShape.bad("indices of depth " + depth + " into " + Arrays.toString(x.shape()));
    }
    int[] strides = OnnxShape.strides(x.shape());
    int[] inner = Arrays.copyOfRange(x.shape(), depth, x.rank());
    int block = OnnxShape.count(inner);
    int[] at = indices.integers();
    int[] outer = Arrays.copyOf(indices.shape(), indices.rank() - 1);
    int[] shape = Arrays.copyOf(outer, outer.length + inner.length);
    System.arraycopy(inner, 0, shape, outer.length, inner.length);
    int[] starts = new int[OnnxShape.count(outer)];
    for (int i = 0; i < starts.length; i++) {
      for (int d = 0; d < depth; d++) {
        starts[i] += row(at[i * depth + d], x.shape()[d]) * strides[d];
      }
    }
    return x.view(shape, i -> starts[i / block] + i % block);
  }

  static OnnxValue tile(OnnxValue x, int[] repeats) {
    if (repeats.length != x.rank()) {
      throw OnnxShape.bad("tile of " + Arrays.toString(x.shape()));
    }
    int[] shape = new int[x.rank()];
    for (int d = 0; d < shape.length; d++) {
      shape[d] = OnnxShape.count(x.shape()[d], repeats[d]);
    }
    int[] from = OnnxShape.strides(x.shape());
    int[] to = OnnxShape.strides(shape);
    return x.view(
        shape,
        i -> {
          int place = 0;
          for (int d = 0; d < to.length; d++) {
            place += i / to[d] % shape[d] % x.shape()[d] * from[d];
          }
          return place;
        });
  }

  static OnnxValue concat(List<OnnxValue> parts, int at, String node) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    OnnxValue first = parts.get(0);
    int axis = OnnxShape.axis(at, first.rank());
    int[] shape = first.shape().clone();
    shape[axis] = 0;
    int inputs = 0;
    for (OnnxValue part : parts) {
      if (part.rank() != first.rank()) {
        throw OnnxShape.bad("values of different dimensions joined");
      }
      for (int d = 0; d < shape.length; d++) {
        if (d != axis && part.shape()[d] != shape[d]) {
          throw OnnxShape.bad(
              Arrays.toString(first.shape()) + " joined with " + Arrays.toString(part.shape()));
        }
      }
      shape[axis] += part.shape()[axis];
      inputs |= part.base().inputs();
    }
    double[] out = new double[OnnxShape.count(shape)];
    int outer = OnnxShape.count(Arrays.copyOf(shape, axis));
    int to = 0;
    for (int o = 0; o < outer; o++) {
      for (OnnxValue part : parts) {
        int block = part.length() / outer;
        for (int i = 0; i < block; i++) {
          out[to++] = part.get(o * block + i);
        }
      }
    }
    OnnxBase base =
        inputs == 0
            ? OnnxBase.constant(out)
            : OnnxBase.of(out, inputs, new OnnxMeaning.Other(node));
    return OnnxValue.of(base, first.type(), shape);
  }
}
