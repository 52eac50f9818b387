package io.cipherstream.model.sealed;

import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.ChebyshevSeries;
import io.cipherstream.polynomial.Domain;
import java.util.Arrays;

/**
 * T₁(h/{@value #LIMIT}) … T_d(h/{@value #LIMIT}), degree by degree, of every neuron each. The
 * second matrix has d columns a neuron, so that each edge from a neuron to an output has a
 * polynomial of its own: a layer of a Kolmogorov–Arnold network, whose functions are Chebyshev
 * series on [−{@value #LIMIT}, {@value #LIMIT}].
 *
 * @param degree d: 2, 4 or 8
 */
public record EdgeFeatures(int degree) implements HiddenFunctions {

  /** Greatest |h| that the series are meant for; training keeps h below. */
  public static final double LIMIT = 8;

  /** The interval of the series. */
  public static final Domain DOMAIN = new Domain(-LIMIT, LIMIT);

  /** The highest degree: more levels than any spec has to spare take another one. */
  public static final int DEGREE_MAX = 8;

  /**
   * @throws ModelException of kind UNSUPPORTED for another degree
   */
  public EdgeFeatures {
    if (degree < 2 || degree > DEGREE_MAX || Integer.bitCount(degree) != 1) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED, "edges of degree " + degree + ": expected 2, 4 or 8");
    }
  }

  @Override
  public int count(int neurons) {
    return degree * neurons;
  }

  @Override
  public double[] of(double[] h) {
    double[] features = new double[count(h.length)];
    for (int i = 0; i < h.length; i++) {
      double[] basis = ChebyshevSeries.basis(DOMAIN.toUnit(h[i]), degree);
      for (int n = 1; n <= degree; n++) {
        features[(n - 1) * h.length + i] = basis[n];
      }
    }
    return features;
  }

  /** Whether T_{d/2} tells more of a text than T₁. */
  boolean hasMiddle() {
    return degree > 2;
  }

  /** Of what {@link #of} gives, T_{d/2} of every neuron. */
  double[] middle(double[] features) {
    int neurons = features.length / degree;
    return Arrays.copyOfRange(features, (degree / 2 - 1) * neurons, degree / 2 * neurons);
  }
}
