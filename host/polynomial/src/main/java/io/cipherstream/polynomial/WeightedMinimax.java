package io.cipherstream.polynomial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The polynomial of degree d with the least largest weighted error w(x)·|p(x) − f(x)|, by Remez'
 * exchange on 2001 numbers of the interval.
 *
 * <p>On d + 2 numbers the best polynomial's weighted error is ±E with alternating signs, which is a
 * system of linear equations. Each exchange takes the numbers where that polynomial errs most, one
 * in each run of equal sign, or the worst alone where there are too few runs, until none errs more
 * than E by a millionth.
 */
public final class WeightedMinimax {

  private static final int GRID = 2001;
  private static final int EXCHANGES_MAX = 200;
  private static final double ENOUGH = 1e-6;

  private final Domain domain;
  private final int degree;
  private final double[] u = new double[GRID];
  private final double[] values = new double[GRID];
  private final double[] weights = new double[GRID];

  private WeightedMinimax(
      DoubleUnaryOperator function, DoubleUnaryOperator weight, Domain domain, int degree) {
    this.domain = domain;
    this.degree = degree;
    for (int i = 0; i < GRID; i++) {
      u[i] = -Math.cos(Math.PI * i / (GRID - 1));
      values[i] = function.applyAsDouble(domain.fromUnit(u[i]));
      weights[i] = weight.applyAsDouble(domain.fromUnit(u[i]));
      if (!(weights[i] > 0) || !Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "at "
                + domain.fromUnit(u[i])
                + " the function is "
                + values[i]
                + " and its weight "
                + weights[i]
                + ": expected a finite number and a weight above 0");
      }
    }
  }

  /**
   * @param weight w, above 0 on the whole interval
   * @throws IllegalArgumentException if it is not, or the function is not finite
   */
  public static ChebyshevSeries of(
      DoubleUnaryOperator function, DoubleUnaryOperator weight, Domain domain, int degree) {
    return new WeightedMinimax(function, weight, domain, degree).fitted();
  }

  private ChebyshevSeries fitted() {
    int[] reference = new int[degree + 2];
    for (int i = 0; i < reference.length; i++) {
      reference[i] = (int) Math.round((double) i * (GRID - 1) / (degree + 1));
    }
    double[] best = new double[degree + 1];
    double least = Double.POSITIVE_INFINITY;
    for (int exchange = 0; exchange < EXCHANGES_MAX; exchange++) {
      double[] solved = solve(reference);
      double[] errors = errors(solved);
      double largest = 0;
      for (double error : errors) {
        largest = Math.max(largest, Math.abs(error));
      }
      if (largest < least) {
        least = largest;
        System.arraycopy(solved, 0, best, 0, best.length);
      }
      double levelled = Math.abs(solved[degree + 1]);
      if (largest <= levelled * (1 + ENOUGH) || largest < ENOUGH * ENOUGH) {
        break;
      }
      int[] next = exchanged(errors, reference.length);
      reference =
          next.length < reference.length
              ? withWorst(reference, errors, solved[degree + 1] < 0 ? -1 : 1)
              : next;
    }
    return new ChebyshevSeries(domain, best);
  }

  private double[] errors(double[] coefficients) {
    ChebyshevSeries series =
        new ChebyshevSeries(Domain.UNIT, Arrays.copyOf(coefficients, degree + 1));
    double[] errors = new double[GRID];
    for (int i = 0; i < GRID; i++) {
      errors[i] = weights[i] * (values[i] - series.applyAsDouble(u[i]));
    }
    return errors;
  }

  /** One number in each run of equal sign; of too many the run of least errors at an end goes. */
  private static int[] exchanged(double[] errors, int count) {
    List<Integer> extremes = new ArrayList<>();
    for (int i = 0; i < errors.length; i++) {
      int last = extremes.size() - 1;
      if (last < 0 || errors[extremes.get(last)] * errors[i] < 0) {
        extremes.add(i);
      } else if (Math.abs(errors[i]) > Math.abs(errors[extremes.get(last)])) {
        extremes.set(last, i);
      }
    }
    while (extremes.size() > count) {
      double first = Math.abs(errors[extremes.get(0)]);
      double last = Math.abs(errors[extremes.get(extremes.size() - 1)]);
      extremes.remove(first < last ? 0 : extremes.size() - 1);
    }
    return extremes.stream().mapToInt(i -> i).toArray();
  }

  /**
   * With the number where the polynomial errs most in place of the neighbour of the same sign. The
   * signs of the errors on the numbers before alternate, which they may do around E = 0.
   */
  private static int[] withWorst(int[] reference, double[] errors, int firstSign) {
    int worst = 0;
    for (int i = 1; i < errors.length; i++) {
      worst = Math.abs(errors[i]) > Math.abs(errors[worst]) ? i : worst;
    }
    int[] next = reference.clone();
    int last = next.length - 1;
    int behind = 0;
    while (behind <= last && reference[behind] < worst) {
      behind++;
    }
    boolean positive = errors[worst] > 0;
    if (behind == 0) {
      if (positive != sign(0, firstSign)) {
        System.arraycopy(reference, 0, next, 1, last);
      }
      next[0] = worst;
    } else if (behind > last) {
      if (positive != sign(last, firstSign)) {
        System.arraycopy(reference, 1, next, 0, last);
      }
      next[last] = worst;
    } else {
      next[positive == sign(behind, firstSign) ? behind : behind - 1] = worst;
    }
    return next;
  }

  private static boolean sign(int index, int firstSign) {
    return (index % 2 == 0) == (firstSign > 0);
  }

  /** c₀ … c_d and E with Σ cₖTₖ(u_i) + (−1)ⁱ·E/w_i = f_i, by elimination with pivots. */
  private double[] solve(int[] reference) {
    int n = reference.length;
    double[][] rows = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      double[] basis = ChebyshevSeries.basis(u[reference[i]], degree);
      System.arraycopy(basis, 0, rows[i], 0, degree + 1);
      rows[i][degree + 1] = (i % 2 == 0 ? 1 : -1) / weights[reference[i]];
      rows[i][n] = values[reference[i]];
    }
    for (int c = 0; c < n; c++) {
      int pivot = c;
      for (int r = c + 1; r < n; r++) {
        pivot = Math.abs(rows[r][c]) > Math.abs(rows[pivot][c]) ? r : pivot;
      }
      double[] row = rows[pivot];
      rows[pivot] = rows[c];
      rows[c] = row;
      for (int r = 0; r < n; r++) {
        double factor = r == c ? 0 : rows[r][c] / row[c];
        for (int k = c; factor != 0 && k <= n; k++) {
          rows[r][k] -= factor * row[k];
        }
      }
    }
    double[] solved = new double[n];
    for (int i = 0; i < n; i++) {
      solved[i] = rows[i][n] / rows[i][i];
    }
    return solved;
  }
}
