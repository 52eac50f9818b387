package io.cipherstream.workflow.hinge;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * min ‖A·x − b‖₂ over x ≥ 0, by the active-set method of Lawson and Hanson (Solving Least Squares
 * Problems, 1974, chapter 23): columns enter one at a time where the residual falls fastest, and
 * leave when their coefficient would turn negative. For matrices with few columns.
 */
final class NonNegativeLeastSquares {

  /**
   * Decrease of the residual, relative to ‖b‖ and a column of length 1, below which the method
   * stops.
   */
  private static final double TOLERANCE = 1e-13;

  /** Below this pivot a column counts as dependent on the active ones. */
  private static final double PIVOT_MIN = 1e-13;

  private final RealMatrix unit;
  private final RealVector b;
  private final double[] lengths;
  private final boolean[] passive;
  private double[] x;

  /**
   * @param a rows of A
   * @param b right-hand side, one value a row
   * @throws IllegalArgumentException if A has fewer rows than columns, does not fit b, or has a
   *     column of zeros only
   */
  private NonNegativeLeastSquares(double[][] a, double[] b) {
    if (a.length == 0 || a.length != b.length || a.length < a[0].length) {
      throw new IllegalArgumentException(
          a.length
              + " rows for "
              + b.length
              + " values: expected equally many, and no fewer than columns");
    }
    unit = new Array2DRowRealMatrix(a);
    this.b = new ArrayRealVector(b);
    int columns = unit.getColumnDimension();
    lengths = new double[columns];
    passive = new boolean[columns];
    x = new double[columns];
    for (int j = 0; j < columns; j++) {
      lengths[j] = unit.getColumnVector(j).getNorm();
      if (!(lengths[j] > 0) || Double.isInfinite(lengths[j])) {
        throw new IllegalArgumentException(
            "column " + j + " has length " + lengths[j] + ": expected a finite length above 0");
      }
      unit.setColumnVector(j, unit.getColumnVector(j).mapDivide(lengths[j]));
    }
  }

  /**
   * The x that minimises ‖A·x − b‖₂, every value ≥ 0.
   *
   * @throws IllegalArgumentException as the constructor
   * @throws IllegalStateException if it does not settle in 30 · columns steps
   */
  static double[] solve(double[][] a, double[] b) {
    return new NonNegativeLeastSquares(a, b).solve();
  }

  private double[] solve() {
    boolean[] refused = new boolean[x.length];
    for (int steps = 0; steps < 30 * x.length; steps++) {
      int entering = steepest(refused);
      if (entering < 0) {
        double[] scaled = new double[x.length];
        Arrays.setAll(scaled, j -> x[j] / lengths[j]);
        return scaled;
      }
      passive[entering] = true;
      double[] s = leastSquares();
      if (s[entering] <= 0) {
        passive[entering] = false;
        refused[entering] = true;
      } else {
        settle(s);
        Arrays.fill(refused, false);
      }
    }
    throw new IllegalStateException(
        "non-negative least squares did not settle in " + 30 * x.length + " steps");
  }

  /**
   * The inactive column along which the residual decreases fastest, or -1 if it decreases along
   * none.
   */
  private int steepest(boolean[] refused) {
    RealVector fall = unit.transpose().operate(b.subtract(unit.operate(new ArrayRealVector(x))));
    int best = -1;
    double most = TOLERANCE * b.getNorm();
    for (int j = 0; j < x.length; j++) {
      if (!passive[j] && !refused[j] && fall.getEntry(j) > most) {
        most = fall.getEntry(j);
        best = j;
      }
    }
    return best;
  }

  /** Moves towards the unconstrained solution as far as x ≥ 0 allows, until it is reached. */
  private void settle(double[] free) {
    double[] s = free;
    while (IntStream.range(0, x.length).anyMatch(negative(s))) {
      double share = 1;
      for (int j = 0; j < x.length; j++) {
        if (passive[j] && s[j] <= 0) {
          share = Math.min(share, x[j] / (x[j] - s[j]));
        }
      }
      for (int j = 0; j < x.length; j++) {
        if (passive[j]) {
          boolean leaves = s[j] <= 0 && x[j] / (x[j] - s[j]) <= share;
          x[j] = leaves ? 0 : x[j] + share * (s[j] - x[j]);
          passive[j] = !leaves;
        }
      }
      s = leastSquares();
    }
    x = s;
  }

  private IntPredicate negative(double[] s) {
    return j -> passive[j] && s[j] <= 0;
  }

  /** The unconstrained solution on the active columns, 0 elsewhere; all 0 if they are dependent. */
  private double[] leastSquares() {
    int[] in = IntStream.range(0, x.length).filter(j -> passive[j]).toArray();
    double[] out = new double[x.length];
    if (in.length == 0) {
      return out;
    }
    int[] rows = IntStream.range(0, unit.getRowDimension()).toArray();
    DecompositionSolver solver =
        new QRDecomposition(unit.getSubMatrix(rows, in), PIVOT_MIN).getSolver();
    if (solver.isNonSingular()) {
      double[] s = solver.solve(b).toArray();
      for (int i = 0; i < in.length; i++) {
        out[in[i]] = s[i];
      }
    }
    return out;
  }
}
