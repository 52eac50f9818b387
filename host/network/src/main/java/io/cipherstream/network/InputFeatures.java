package io.cipherstream.network;

import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.Domain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client makes of one input number x before it encrypts: u in [−1, 1] alone, or, for the
 * edges of a Kolmogorov–Arnold network, SiLU(x) and the B-splines of that input at x. These are the
 * first layer's functions without their coefficients, which only the appliance has.
 *
 * @param domain numbers that the network takes
 * @param knots of the splines; empty for u alone
 * @param order of the splines
 */
record InputFeatures(Domain domain, List<Double> knots, int order) {

  private static final int KNOTS_MAX = 256;
  private static final int ORDER_MAX = 10;

  InputFeatures {
    knots = List.copyOf(knots);
    if (knots.size() > KNOTS_MAX || order < 0 || order > ORDER_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          knots.size()
              + " knots of order "
              + order
              + ": at most "
              + KNOTS_MAX
              + " of order "
              + ORDER_MAX);
    }
    if (!knots.isEmpty()) {
      try {
        splines(knots, order);
      } catch (IllegalArgumentException e) {
        throw new ModelException(
            ModelException.Kind.MALFORMED, "splines of an input: " + e.getMessage(), e);
      }
    }
  }

  /** u alone. */
  static InputFeatures value(Domain domain) {
    return new InputFeatures(domain, List.of(), 0);
  }

  private static SplineBasis splines(List<Double> knots, int order) {
    return new SplineBasis(knots.stream().mapToDouble(k -> k).toArray(), order);
  }

  private @Nullable SplineBasis splines() {
    return knots.isEmpty() ? null : splines(knots, order);
  }

  /** Number of features. */
  int count() {
    return knots.isEmpty() ? 1 : knots.size() - order;
  }

  /** The features of x, which lies in the domain. */
  double[] of(double x) {
    SplineBasis splines = splines();
    if (splines == null) {
      return new double[] {domain.toUnit(x)};
    }
    // The last number of a grid is in no interval that begins with it, but the splines go on.
    double[] values = splines.values(x);
    double[] features = new double[1 + values.length];
    features[0] = Silu.of(x);
    System.arraycopy(values, 0, features, 1, values.length);
    return features;
  }
}
