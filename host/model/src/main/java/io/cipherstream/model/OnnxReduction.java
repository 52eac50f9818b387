package io.cipherstream.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Operators that work on rows: reductions, softmax, norms. */
final class OnnxReduction {

  private OnnxReduction() {}

  static boolean has(String operator) {
    return switch (operator) {
      case "ReduceMean",
          "ReduceSum",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL2",
          "ReduceSumSquare" ->
          true;
      default -> false;
    };
  }

  private static double reduce(String operator, double[] v) {
    return switch (operator) {
      case "ReduceMean" -> Arrays.stream(v).sum() / v.length;
      case "ReduceSum" -> Arrays.stream(v).sum();
      case "ReduceMax" -> Arrays.stream(v).max().orElse(Double.NEGATIVE_INFINITY);
      case "ReduceMin" -> Arrays.stream(v).min().orElse(Double.POSITIVE_INFINITY);
      case "ReduceProd" -> Arrays.stream(v).reduce(1, (a, b) -> a * b);
      case "ReduceL2" -> Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
      default -> Arrays.stream(v).map(x -> x * x).sum();
    };
  }

  /**
   * @param axes those to reduce; all when null
   */
  static OnnxValue apply(
      String operator, OnnxValue x, int @Nullable [] axes, boolean keep, String node) {
    int rank = x.rank();
    boolean[] reduced = new boolean[rank];
    for (int d = 0; d < rank; d++) {
      reduced[d] = axes == null;
    }
    for (int axis : axes == null ? new int[0] : axes) {
      reduced[OnnxShape.axis(axis, rank)] = true;
    }
    int[] order = new int[rank];
    int[] kept = new int[rank];
    int[] left = new int[rank];
    int at = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int d = 0; d < rank; d++) {
        if (reduced[d] == (pass == 1)) {
          order[at++] = d;
        }
      }
    }
    int leftRank = 0;
    int count = 1;
    for (int d = 0; d < rank; d++) {
      kept[d] = reduced[d] ? 1 : x.shape()[d];
      count *= reduced[d] ? x.shape()[d] : 1;
      if (!reduced[d]) {
        left[leftRank++] = x.shape()[d];
      }
    }
    OnnxValue sorted = OnnxLayout.transpose(x, order);
    int[] shape = keep ? kept : Arrays.copyOf(left, leftRank);
    int length = OnnxShape.count(shape);
    double[] out = new double[length];
    double[] group = new double[count];
    for (int o = 0; o < length; o++) {
      for (int i = 0; i < count; i++) {
        group[i] = sorted.get(o * count + i);
      }
      out[o] = reduce(operator, group);
    }
    if (x.isConstant()) {
      return OnnxValue.of(OnnxBase.constant(out), x.type(), shape);
    }
    OnnxMeaning meaning = meaning(operator, sorted, length, count, node);
    return OnnxValue.of(OnnxBase.of(out, x.base().inputs(), meaning), x.type(), shape);
  }

  private static OnnxMeaning meaning(
      String operator, OnnxValue sorted, int length, int count, String node) {
    boolean rows = true;
    boolean tokens = true;
    for (int o = 0; o < length; o++) {
      for (int i = 0; i < count; i++) {
        int place = sorted.place(o * count + i);
        rows &= place == o * count + i;
        tokens &= place == i * length + o;
      }
    }
    if (sorted.base().length() != length * count) {
      return new OnnxMeaning.Other(node);
    }
    return rows
        ? new OnnxMeaning.RowReduction(operator, sorted.base(), count)
        : tokens
            ? new OnnxMeaning.TokenReduction(operator, sorted.base(), length)
            : new OnnxMeaning.Other(node);
  }

  /** Softmax over the innermost dimensions that hold width numbers. */
  static OnnxValue softmax(OnnxValue value, int width) {
    OnnxValue x = OnnxArithmetic.picked(value);
    double[] out = x.numbers();
    for (int row = 0; row < out.length; row += width) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = row; i < row + width; i++) {
        max = Math.max(max, out[i]);
      }
      double sum = 0;
      for (int i = row; i < row + width; i++) {
        out[i] = Math.exp(out[i] - max);
        sum += out[i];
      }
      for (int i = row; i < row + width; i++) {
        out[i] /= sum;
      }
    }
    OnnxBase base =
        x.isConstant()
            ? OnnxBase.constant(out)
            : OnnxBase.of(out, x.base().inputs(), new OnnxMeaning.Softmax(x.base(), width));
    return OnnxValue.of(base, x.type(), x.shape());
  }

  /** LayerNorm over the innermost dimension. */
  static OnnxValue norm(OnnxValue value, double[] gamma, double[] beta, double epsilon) {
    OnnxValue x = OnnxArithmetic.picked(value);
    int width = gamma.length;
    double[] out = x.numbers();
    double[] row = new double[width];
    for (int at = 0; at < out.length; at += width) {
      System.arraycopy(out, at, row, 0, width);
      NormLayer.normalise(row, epsilon);
      for (int i = 0; i < width; i++) {
        out[at + i] = row[i] * gamma[i] + beta[i];
      }
    }
    OnnxMeaning meaning = new OnnxMeaning.Norm(x.base(), gamma, beta, epsilon);
    OnnxBase base =
        x.isConstant() ? OnnxBase.constant(out) : OnnxBase.of(out, x.base().inputs(), meaning);
    return OnnxValue.of(base, x.type(), x.shape());
  }

  /** Every row of the innermost dimension divided by its Euclidean length. */
  static OnnxValue unit(OnnxValue value) {
    OnnxValue x = OnnxArithmetic.picked(value);
    int width = x.last();
    double[] out = x.numbers();
    for (int at = 0; at < out.length; at += width) {
      double square = 0;
      for (int i = at; i < at + width; i++) {
        square += out[i] * out[i];
      }
      double inverse = square == 0 ? 0 : 1 / Math.sqrt(square);
      for (int i = at; i < at + width; i++) {
        out[i] *= inverse;
      }
    }
    OnnxMeaning meaning = new OnnxMeaning.Function("LpNormalization", x.base());
    OnnxBase base =
        x.isConstant() ? OnnxBase.constant(out) : OnnxBase.of(out, x.base().inputs(), meaning);
    return OnnxValue.of(base, x.type(), x.shape());
  }
}
