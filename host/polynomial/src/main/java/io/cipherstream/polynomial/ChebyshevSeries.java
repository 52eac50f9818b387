package io.cipherstream.polynomial;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A polynomial Σₖ cₖ·Tₖ(u) with u = (x − middle)/half of its interval. Immutable.
 *
 * <p>T₀ = 1, T₁ = u, Tₖ₊₁ = 2u·Tₖ − Tₖ₋₁; on the interval each is at most 1 in magnitude.
 */
public final class ChebyshevSeries implements DoubleUnaryOperator {

  /** Numbers of its interval at which an error is measured. */
  private static final int MEASURED = 2001;

  private final Domain domain;
  private final double[] coefficients;

  /**
   * @param coefficients c₀ …, at least one
   */
  public ChebyshevSeries(Domain domain, double[] coefficients) {
    if (coefficients.length == 0) {
      throw new IllegalArgumentException("a series without coefficients");
    }
    this.domain = domain;
    this.coefficients = coefficients.clone();
  }

  /**
   * The function's own series, cut behind degree d: its error is within a small factor of the least
   * that any polynomial of that degree has. The coefficients are sums over 4·(d + 1) Chebyshev
   * nodes, 64 at least.
   */
  public static ChebyshevSeries of(DoubleUnaryOperator function, Domain domain, int degree) {
    int nodes = Math.max(64, 4 * (degree + 1));
    double[] coefficients = new double[degree + 1];
    for (int i = 0; i < nodes; i++) {
      double angle = Math.PI * (i + 0.5) / nodes;
      double value = function.applyAsDouble(domain.fromUnit(Math.cos(angle)));
      for (int k = 0; k <= degree; k++) {
        coefficients[k] += (k == 0 ? 1.0 : 2.0) / nodes * value * Math.cos(k * angle);
      }
    }
    return new ChebyshevSeries(domain, coefficients);
  }

  /** T₀(u) … T_d(u). */
  public static double[] basis(double u, int degree) {
    double[] basis = new double[degree + 1];
    basis[0] = 1;
    if (degree > 0) {
      basis[1] = u;
    }
    for (int k = 2; k <= degree; k++) {
      basis[k] = 2 * u * basis[k - 1] - basis[k - 2];
    }
    return basis;
  }

  public Domain domain() {
    return domain;
  }

  /** c₀ … c_d. */
  public double[] coefficients() {
    return coefficients.clone();
  }

  public int degree() {
    return coefficients.length - 1;
  }

  /** The value at x, also outside the interval, by Clenshaw's recurrence. */
  @Override
  public double applyAsDouble(double x) {
    double u = domain.toUnit(x);
    double next = 0;
    double afterNext = 0;
    for (int k = coefficients.length - 1; k > 0; k--) {
      double here = coefficients[k] + 2 * u * next - afterNext;
      afterNext = next;
      next = here;
    }
    return coefficients[0] + u * next - afterNext;
  }

  /** Largest |this − function| over 2001 numbers of the interval, its ends included. */
  public double largestError(DoubleUnaryOperator function) {
    double largest = 0;
    for (int i = 0; i < MEASURED; i++) {
      double x = domain.fromUnit(-Math.cos(Math.PI * i / (MEASURED - 1)));
      largest = Math.max(largest, Math.abs(applyAsDouble(x) - function.applyAsDouble(x)));
    }
    return largest;
  }

  @Override
  public String toString() {
    return "series on " + domain + " " + Arrays.toString(coefficients);
  }
}
