package io.cipherstream.network;

import java.util.Arrays;

/**
 * B-splines on a knot vector by the recurrence of Cox and de Boor, as efficient-kan and pykan
 * evaluate them: with n knots and order k there are n − k − 1, each 0 outside of k + 2 knots. A
 * number belongs to the interval that begins with it.
 *
 * @param knots in ascending order, none twice
 * @param order k, the degree of the polynomials between knots
 */
record SplineBasis(double[] knots, int order) {

  SplineBasis {
    knots = knots.clone();
    if (order < 0 || knots.length < 2 * order + 2) {
      throw new IllegalArgumentException(
          knots.length + " knots of order " + order + ": expected at least " + (2 * order + 2));
    }
    for (int i = 1; i < knots.length; i++) {
      if (!(knots[i - 1] < knots[i])) {
        throw new IllegalArgumentException("knots " + Arrays.toString(knots) + " are not in order");
      }
    }
  }

  /** Number of splines. */
  int count() {
    return knots.length - order - 1;
  }

  /** First number at which the splines sum to 1. */
  double from() {
    return knots[order];
  }

  /** Number up to which they do. */
  double to() {
    return knots[knots.length - order - 1];
  }

  /** The value of each spline at x. */
  double[] values(double x) {
    double[] values = new double[knots.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = knots[i] <= x && x < knots[i + 1] ? 1 : 0;
    }
    for (int degree = 1; degree <= order; degree++) {
      for (int i = 0; i + degree + 1 < knots.length; i++) {
        values[i] =
            (x - knots[i]) / (knots[i + degree] - knots[i]) * values[i]
                + (knots[i + degree + 1] - x)
                    / (knots[i + degree + 1] - knots[i + 1])
                    * values[i + 1];
      }
    }
    return Arrays.copyOf(values, count());
  }
}
