package io.cipherstream.polynomial;

/**
 * The polynomials that stand for T₁ … T_d on ciphertexts: B_n = Tₙ where n is a power of two, and
 * B_n = T_a·B_{n−a} with a the largest power of two below n otherwise.
 *
 * <p>B₁ … B_n span what T₁ … Tₙ do, and B_n takes ⌈log₂ n⌉ products one after the other, which no
 * polynomial of degree n can do with fewer. Unlike Tₙ = 2·T_a·T_{n−a} − T_{2a−n} it needs no
 * subtraction of another level's ciphertext. On [−1, 1] each is at most 1 in magnitude.
 */
public final class ProductBasis {

  private ProductBasis() {}

  /** ⌈log₂ d⌉: products one after the other that B_d takes, 0 for degrees 0 and 1. */
  public static int depth(int degree) {
    return degree < 2 ? 0 : 32 - Integer.numberOfLeadingZeros(degree - 1);
  }

  /** The largest power of two below n, for n of at least 2: B_n is made of B of it and the rest. */
  public static int factor(int n) {
    return Integer.highestOneBit(n - 1);
  }

  /**
   * The same polynomial in this basis.
   *
   * @param coefficients of T₀ … T_d
   * @return coefficients of 1, B₁ … B_d, of which each is at most 2ᵇ − 1 times the sum of the
   *     others' magnitudes, b the bits of d
   */
  public static double[] fromChebyshev(double[] coefficients) {
    double[] result = new double[coefficients.length];
    for (int n = 0; n < coefficients.length; n++) {
      double[] row = row(n);
      for (int k = 0; k <= n; k++) {
        result[k] += coefficients[n] * row[k];
      }
    }
    return result;
  }

  /** Tₙ in this basis: whole numbers. */
  private static double[] row(int n) {
    double[] row = new double[n + 1];
    if (Integer.bitCount(n) < 2) {
      row[n] = 1;
      return row;
    }
    int a = factor(n);
    double[] rest = row(n - a);
    for (int k = 0; k < rest.length; k++) {
      row[a + k] = 2 * rest[k];
    }
    double[] minus = row(2 * a - n);
    for (int k = 0; k < minus.length; k++) {
      row[k] -= minus[k];
    }
    return row;
  }

  /** 1, B₁(u) … B_d(u). */
  public static double[] values(double u, int degree) {
    double[] values = new double[degree + 1];
    values[0] = 1;
    if (degree > 0) {
      values[1] = u;
    }
    for (int n = 2; n <= degree; n++) {
      int a = factor(n);
      values[n] = 2 * a == n ? 2 * values[a] * values[a] - 1 : values[a] * values[n - a];
    }
    return values;
  }
}
