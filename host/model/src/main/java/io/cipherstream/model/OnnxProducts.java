package io.cipherstream.model;

import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** Matrix products: with constant matrices, and those of attention. */
final class OnnxProducts {

  private final IdentityHashMap<OnnxBase, float[]> transposed = new IdentityHashMap<>();
  private final IdentityHashMap<OnnxBase, float[]> straight = new IdentityHashMap<>();

  /** Forgets matrices that only one pass had, as those that a node computed. */
  void clear() {
    transposed.keySet().removeIf(base -> base.data() == null);
    straight.keySet().removeIf(base -> base.data() == null);
  }

  /** ONNX's MatMul. */
  OnnxValue product(OnnxValue a, OnnxValue b, String node) {
    if (a.rank() == 0 || b.rank() == 0) {
      throw OnnxShape.bad("a matrix product with a number");
    }
    if (!a.isConstant() && b.isConstant() && b.rank() == 2) {
      int[] shape = a.shape().clone();
      shape[shape.length - 1] = b.shape()[1];
      return linear(a, b, false, shape);
    }
    OnnxValue x = a.rank() == 1 ? a.reshaped(1, a.last()) : a;
    OnnxValue y = b.rank() == 1 ? b.reshaped(b.last(), 1) : b;
    int[] outer =
        OnnxShape.broadcast(
            Arrays.copyOf(x.shape(), x.rank() - 2), Arrays.copyOf(y.shape(), y.rank() - 2));
    int rows = x.shape()[x.rank() - 2];
    int inner = x.last();
    int columns = y.last();
    if (y.shape()[y.rank() - 2] != inner) {
      throw OnnxShape.bad(
          "product of " + Arrays.toString(a.shape()) + " with " + Arrays.toString(b.shape()));
    }
    x = OnnxShape.expand(x, join(outer, rows, inner));
    y = OnnxShape.expand(y, join(outer, inner, columns));
    int batches = OnnxShape.count(outer);
    OnnxShape.count(batches, rows, columns);
    double[] out = new double[batches * rows * columns];
    double[] left = x.numbers();
    double[] right = y.numbers();
    for (int h = 0; h < batches; h++) {
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < inner; i++) {
          double v = left[(h * rows + r) * inner + i];
          for (int c = 0; c < columns; c++) {
            out[(h * rows + r) * columns + c] += v * right[(h * inner + i) * columns + c];
          }
        }
      }
    }
    int[] shape = join(outer, rows, columns);
    if (a.rank() == 1 || b.rank() == 1) {
      shape = a.rank() == 1 ? join(outer, columns) : join(outer, rows);
    }
    if (x.isConstant() && y.isConstant()) {
      return OnnxValue.of(OnnxBase.constant(out), a.type(), shape);
    }
    int inputs = x.base().inputs() | y.base().inputs();
    OnnxMeaning scores = scores(x, y, batches, rows, inner, columns);
    if (scores != null) {
      return OnnxValue.of(OnnxBase.of(out, inputs, scores), a.type(), shape);
    }
    OnnxMeaning.Context context = context(x, y, batches, rows, inner, columns);
    if (context != null) {
      return context(context, out, inputs, shape);
    }
    return OnnxValue.of(OnnxBase.of(out, inputs, new OnnxMeaning.Other(node)), a.type(), shape);
  }

  private static int[] join(int[] outer, int... inner) {
    int[] out = Arrays.copyOf(outer, outer.length + inner.length);
    System.arraycopy(inner, 0, out, outer.length, inner.length);
    return out;
  }

  /** ONNX's Gemm without its constant: x·W or x·Wᵀ. */
  OnnxValue gemm(OnnxValue x, OnnxValue weight, boolean weightTransposed) {
    int outputs = weight.shape()[weightTransposed ? 0 : 1];
    return linear(x, weight, weightTransposed, new int[] {x.shape()[0], outputs});
  }

  private OnnxValue linear(OnnxValue a, OnnxValue weight, boolean isTransposed, int[] shape) {
    int inputs = weight.shape()[isTransposed ? 1 : 0];
    int outputs = weight.shape()[isTransposed ? 0 : 1];
    if (a.last() != inputs || inputs == 0) {
      throw OnnxShape.bad(
          "product of "
              + Arrays.toString(a.shape())
              + " with a matrix of "
              + Arrays.toString(weight.shape()));
    }
    OnnxShape.count(shape);
    float[] matrix = matrix(weight, isTransposed, outputs, inputs);
    int rows = a.length() / inputs;
    double[][] x = new double[rows][inputs];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < inputs; i++) {
        x[r][i] = a.get(r * inputs + i);
      }
    }
    double[] out = new double[rows * outputs];
    double[][] y =
        MatrixProduct.dense(x, new DenseLayer(outputs, inputs, matrix, new float[outputs]));
    for (int r = 0; r < rows; r++) {
      System.arraycopy(y[r], 0, out, r * outputs, outputs);
    }
    int @Nullable [] features = a.index() == null ? null : permuted(a, rows, inputs);
    OnnxValue rowsOf = features == null ? OnnxArithmetic.picked(a) : a;
    float[] meant = matrix;
    if (features != null) {
      meant = new float[matrix.length];
      for (int o = 0; o < outputs; o++) {
        for (int i = 0; i < inputs; i++) {
          meant[o * inputs + features[i]] = matrix[o * inputs + i];
        }
      }
    }
    OnnxMeaning meaning = new OnnxMeaning.Linear(rowsOf.base(), inputs, outputs, meant);
    return OnnxValue.of(OnnxBase.of(out, a.base().inputs(), meaning), a.type(), shape);
  }

  /** The place of each feature in its row, if the value has its base's rows in order; or null. */
  private static int @Nullable [] permuted(OnnxValue a, int rows, int width) {
    if (a.length() != a.base().length()) {
      return null;
    }
    int[] features = features(a, rows, width, (r, i) -> r * width + i);
    return features != null && OnnxShape.isPermutation(features, width) ? features : null;
  }

  private float[] matrix(OnnxValue weight, boolean isTransposed, int outputs, int inputs) {
    TensorData data = weight.base().data();
    if (data != null && weight.index() == null) {
      return isTransposed
          ? straight.computeIfAbsent(weight.base(), b -> data.floats())
          : transposed.computeIfAbsent(weight.base(), b -> turned(data.floats(), inputs, outputs));
    }
    float[] out = new float[outputs * inputs];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) weight.get(i);
      if (!Float.isFinite(out[i])) {
        throw new ModelException(
            ModelException.Kind.VALUE, "a matrix of the ONNX graph holds " + out[i]);
      }
    }
    return isTransposed ? out : turned(out, inputs, outputs);
  }

  private static float[] turned(float[] matrix, int rows, int columns) {
    float[] out = new float[matrix.length];
    int block = 32;
    for (int r0 = 0; r0 < rows; r0 += block) {
      for (int c0 = 0; c0 < columns; c0 += block) {
        for (int r = r0; r < Math.min(rows, r0 + block); r++) {
          for (int c = c0; c < Math.min(columns, c0 + block); c++) {
            out[c * rows + r] = matrix[r * columns + c];
          }
        }
      }
    }
    return out;
  }

  private interface Place {
    int of(int token, int feature);
  }

  /**
   * The features p of a value of tokens × width numbers whose element place(t, i) stands in its
   * base at t · W + p[i], W the base's numbers a token; null if it is laid out otherwise.
   */
  private static int @Nullable [] features(OnnxValue x, int tokens, int width, Place place) {
    int length = x.base().length();
    if (tokens == 0 || length % tokens != 0 || x.length() != tokens * width) {
      return null;
    }
    int stride = length / tokens;
    int[] features = new int[width];
    for (int i = 0; i < width; i++) {
      features[i] = x.place(place.of(0, i));
      if (features[i] < 0 || features[i] >= stride) {
        return null;
      }
    }
    for (int t = 1; t < tokens; t++) {
      for (int i = 0; i < width; i++) {
        if (x.place(place.of(t, i)) != t * stride + features[i]) {
          return null;
        }
      }
    }
    return features;
  }

  private static OnnxMeaning.@Nullable Heads heads(
      OnnxValue x, int heads, int tokens, int headWidth, Place place) {
    int[] features = features(x, tokens, heads * headWidth, place);
    return features == null
        ? null
        : new OnnxMeaning.Heads(x.base(), x.base().length() / tokens, heads, headWidth, features);
  }

  private static @Nullable OnnxMeaning scores(
      OnnxValue a, OnnxValue b, int heads, int tokens, int d, int others) {
    if (a.isConstant() || b.isConstant() || tokens != others) {
      return null;
    }
    OnnxMeaning.Heads query =
        heads(a, heads, tokens, d, (t, i) -> (i / d * tokens + t) * d + i % d);
    OnnxMeaning.Heads key = heads(b, heads, tokens, d, (t, i) -> i * tokens + t);
    return query == null || key == null || isWeights(a) ? null : new OnnxMeaning.Scores(query, key);
  }

  private static boolean isWeights(OnnxValue a) {
    return a.base().meaning() instanceof OnnxMeaning.Softmax;
  }

  private static OnnxMeaning.@Nullable Context context(
      OnnxValue a, OnnxValue b, int heads, int tokens, int others, int d) {
    if (!isWeights(a) || a.index() != null || b.isConstant() || tokens != others) {
      return null;
    }
    OnnxMeaning.Heads value =
        heads(b, heads, tokens, d, (t, i) -> (i / d * tokens + t) * d + i % d);
    return value == null ? null : new OnnxMeaning.Context(a.base(), value);
  }

  /** The context's base is [tokens][heads · d], the value [heads][tokens][d] a view of it. */
  private static OnnxValue context(
      OnnxMeaning.Context context, double[] out, int inputs, int[] shape) {
    int d = context.value().headWidth();
    int width = context.value().heads() * d;
    int tokens = out.length / width;
    double[] rows = new double[out.length];
    int[] places = new int[out.length];
    for (int i = 0; i < out.length; i++) {
      int head = i / (tokens * d);
      places[i] = i / d % tokens * width + head * d + i % d;
      rows[places[i]] = out[i];
    }
    OnnxBase base = OnnxBase.of(rows, inputs, context);
    return new OnnxValue(base, OnnxShape.orNull(places, rows.length), shape, OnnxValue.Type.REAL);
  }
}
