package io.cipherstream.workflow.hinge;

import io.cipherstream.model.HingeNetwork;
import java.util.Arrays;

/**
 * T(s) = Σⱼ cⱼ·ReLU(1 − s/kⱼ) + b with cⱼ, b ≥ 0, and the error of s·T(s) from 1. With positive
 * coefficients T is positive, decreasing and convex, like the reciprocal, also outside the range:
 * at most T(0) = Σⱼ cⱼ + b, at least b.
 *
 * @param network T as a model package stores it ({@code thex.layer.i.T.knots, coefficients, bias})
 * @param range what it was fitted to
 * @param rms √(mean (s·T(s) − 1)²) over the range, with equal weight for every octave of s
 * @param max largest |s·T(s) − 1| over the range
 */
public record HingeFit(HingeNetwork network, HingeRange range, double rms, double max) {

  /** Number of fitted values of s, spaced logarithmically. */
  private static final int SAMPLES = 2000;

  /**
   * Number of values of s at which the errors are taken; it is larger, so that no error hides
   * between the fitted samples.
   */
  private static final int CHECKS = 20_000;

  /**
   * The T with the least squared relative error Σ (s·T(s) − 1)² over a range. Knots at or below its
   * start, which lie below every s in it, get the coefficient 0.
   */
  public static HingeFit fit(HingeRange range) {
    double[] knots = logarithmic(range.knotMin(), range.knotMax(), range.hinges());
    double[] sums = logarithmic(range.from(), range.to(), SAMPLES);
    boolean[] acts = new boolean[knots.length];
    for (int j = 0; j < knots.length; j++) {
      acts[j] = knots[j] > sums[0];
    }
    double[][] rows = new double[SAMPLES][];
    for (int i = 0; i < SAMPLES; i++) {
      rows[i] = row(sums[i], knots, acts);
    }
    double[] ones = new double[SAMPLES];
    Arrays.fill(ones, 1);
    double[] solved = NonNegativeLeastSquares.solve(rows, ones);
    double[] coefficients = new double[knots.length];
    int column = 0;
    for (int j = 0; j < knots.length; j++) {
      coefficients[j] = acts[j] ? solved[column++] : 0;
    }
    HingeNetwork network = new HingeNetwork(knots, coefficients, solved[column]);
    return checked(network, range);
  }

  /** s·ReLU(1 − s/kⱼ) of the active knots, then s for the bias. */
  private static double[] row(double s, double[] knots, boolean[] acts) {
    double[] row = new double[knots.length + 1];
    int column = 0;
    for (int j = 0; j < knots.length; j++) {
      if (acts[j]) {
        row[column++] = s * Math.max(0, 1 - s / knots[j]);
      }
    }
    row[column++] = s;
    return Arrays.copyOf(row, column);
  }

  /** The errors of any T over a range, for example of one that a model contains. */
  public static HingeFit checked(HingeNetwork network, HingeRange range) {
    double squares = 0;
    double max = 0;
    for (double s : logarithmic(range.from(), range.to(), CHECKS)) {
      double error = s * network.evaluate(s) - 1;
      squares += error * error;
      max = Math.max(max, Math.abs(error));
    }
    return new HingeFit(network, range, Math.sqrt(squares / CHECKS), max);
  }

  /** count values from first to last, each the same multiple of the one before. */
  static double[] logarithmic(double first, double last, int count) {
    double[] out = new double[count];
    double step = Math.log(last / first) / (count - 1);
    for (int i = 0; i < count; i++) {
      out[i] = first * Math.exp(step * i);
    }
    out[count - 1] = last;
    return out;
  }
}
