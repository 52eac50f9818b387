package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import java.util.Arrays;

/**
 * A matrix of reals, each known to lie within a radius of a middle. The middles are the plain
 * float64 results, so that one derivation gives both the matrices a program computes with and what
 * can be proved about the exact ones.
 *
 * <p>A sum of n products in float64, in any order, is off by at most (n + 2)·u·Σ|a||b| with u =
 * 2⁻⁵³ (Higham, Accuracy and Stability of Numerical Algorithms, 3.1). Radii are computed in float64
 * too and raised by a factor that covers their own rounding.
 */
final class Balls {

  /** u, the largest relative error of one operation. */
  static final double UNIT = 0x1p-53;

  /** Covers the rounding of a radius: sums of up to 2²⁰ positive terms. */
  private static final double RAISE = 1 + 0x1p-30;

  /** Covers products below the normal range. */
  private static final double TINY = Double.MIN_NORMAL;

  private final double[][] middle;
  private final double[][] radius;

  private Balls(double[][] middle, double[][] radius) {
    this.middle = middle;
    this.radius = radius;
  }

  /** Exact values; not copied. */
  static Balls exact(double[][] values) {
    double[][] radius = new double[values.length][];
    Arrays.setAll(radius, i -> new double[values[i].length]);
    return new Balls(values, radius);
  }

  /** One exact row. */
  static Balls row(float[] values) {
    double[] row = new double[values.length];
    for (int j = 0; j < row.length; j++) {
      row[j] = values[j];
    }
    return exact(new double[][] {row});
  }

  /** W. */
  static Balls weight(DenseLayer layer) {
    double[][] out = new double[layer.outputs()][layer.inputs()];
    for (int i = 0; i < out.length; i++) {
      for (int j = 0; j < out[i].length; j++) {
        out[i][j] = layer.weight(i, j);
      }
    }
    return exact(out);
  }

  int rows() {
    return middle.length;
  }

  int columns() {
    return middle[0].length;
  }

  double middle(int i, int j) {
    return middle[i][j];
  }

  double radius(int i, int j) {
    return radius[i][j];
  }

  /** The middles; not copied, not to be changed. */
  double[][] middles() {
    return middle;
  }

  Interval interval(int i, int j) {
    return Interval.around(middle[i][j], radius[i][j]);
  }

  /** Some rows, not copied. */
  Balls rows(int from, int to) {
    return new Balls(Arrays.copyOfRange(middle, from, to), Arrays.copyOfRange(radius, from, to));
  }

  /** Some columns. */
  Balls columns(int from, int to) {
    Balls out = zero(rows(), to - from);
    for (int i = 0; i < rows(); i++) {
      System.arraycopy(middle[i], from, out.middle[i], 0, to - from);
      System.arraycopy(radius[i], from, out.radius[i], 0, to - from);
    }
    return out;
  }

  static Balls zero(int rows, int columns) {
    return exact(new double[rows][columns]);
  }

  /** The rows of several matrices, one after another. */
  static Balls stacked(Balls... parts) {
    double[][] middle =
        Arrays.stream(parts).flatMap(p -> Arrays.stream(p.middle)).toArray(double[][]::new);
    double[][] radius =
        Arrays.stream(parts).flatMap(p -> Arrays.stream(p.radius)).toArray(double[][]::new);
    return new Balls(middle, radius);
  }

  Balls turned() {
    Balls out = zero(/* rows= */ columns(), /* columns= */ rows());
    for (int i = 0; i < rows(); i++) {
      for (int j = 0; j < columns(); j++) {
        out.middle[j][i] = middle[i][j];
        out.radius[j][i] = radius[i][j];
      }
    }
    return out;
  }

  /** The matrix product. */
  Balls times(Balls other) {
    int depth = columns();
    Balls out = zero(rows(), other.columns());
    double error = (depth + 2) * UNIT;
    for (int i = 0; i < rows(); i++) {
      double[] sum = out.middle[i];
      double[] spread = out.radius[i];
      for (int k = 0; k < depth; k++) {
        double a = middle[i][k];
        double most = Math.abs(a);
        double around = radius[i][k];
        double[] b = other.middle[k];
        double[] r = other.radius[k];
        for (int j = 0; j < sum.length; j++) {
          sum[j] += a * b[j];
          spread[j] +=
              error * most * Math.abs(b[j]) + (most + around) * r[j] + around * Math.abs(b[j]);
        }
      }
      for (int j = 0; j < sum.length; j++) {
        spread[j] = spread[j] * RAISE + depth * TINY;
      }
    }
    return out;
  }

  Balls plus(Balls other) {
    Balls out = zero(rows(), columns());
    for (int i = 0; i < rows(); i++) {
      for (int j = 0; j < columns(); j++) {
        double sum = middle[i][j] + other.middle[i][j];
        out.middle[i][j] = sum;
        out.radius[i][j] =
            (radius[i][j] + other.radius[i][j] + UNIT * Math.abs(sum)) * RAISE + TINY;
      }
    }
    return out;
  }

  Balls minus(Balls other) {
    Balls negative = zero(other.rows(), other.columns());
    for (int i = 0; i < other.rows(); i++) {
      for (int j = 0; j < other.columns(); j++) {
        negative.middle[i][j] = -other.middle[i][j];
        negative.radius[i][j] = other.radius[i][j];
      }
    }
    return plus(negative);
  }

  /** Every row times a row, entry by entry: this · diag(factors). */
  Balls scaledColumns(Balls factors) {
    Balls out = zero(rows(), columns());
    for (int i = 0; i < rows(); i++) {
      for (int j = 0; j < columns(); j++) {
        double a = middle[i][j];
        double b = factors.middle[0][j];
        out.middle[i][j] = a * b;
        out.radius[i][j] =
            (2 * UNIT * Math.abs(a * b)
                        + (Math.abs(a) + radius[i][j]) * factors.radius[0][j]
                        + radius[i][j] * Math.abs(b))
                    * RAISE
                + TINY;
      }
    }
    return out;
  }

  /** diag(factors) · this, the factors a row. */
  Balls scaledRows(Balls factors) {
    return turned().scaledColumns(factors).turned();
  }
}
