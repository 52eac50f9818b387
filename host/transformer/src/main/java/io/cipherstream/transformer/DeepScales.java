package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.polynomial.ProductBasis;

/**
 * Limbs and scales of a deep sealed program. The rows arrive with {@code top} limbs; everything
 * from the scores on is the same for all specs. With q₍ℓ₎ the prime that a rescale of ℓ limbs
 * divides by and Δ = q₍top−1₎ the scale of the rows, so that their products' squares have scale Δ
 * again:
 *
 * <pre>
 *   h, y, k, q   Δ·q_top / q_top = Δ              top − 1 limbs
 *   h²           Δ² / q_(top−1) = Δ               top − 2
 *   e            Δ² / q₍p₊₆₎                      p + 5
 *   e²           e·e / q₍p₊₅₎                     p + 4
 *   g/n, y/n     Δ·q₍p₊₅₎ / q₍p₊₅₎ = Δ            p + 4
 *   Σ e²·g/n     e²·Δ / q₍p₊₄₎                    p + 3
 *   r            the same                         p + 2
 *   r²           r·r / q₍p₊₂₎                     p + 1
 *   B_n(r)       B_a(r)·B₍n₋a₎(r) / q             p + 2 − ⌈log₂ n⌉
 *   answers      2²⁸, or less for large outputs   1
 * </pre>
 *
 * with p = log₂ of the degree of the last network's polynomials, 1 but where its edges have higher
 * ones.
 *
 * @param top limbs of the rows
 * @param degree of the last network's polynomials
 * @param outputBound largest absolute output, which the last ciphertext must hold
 */
record DeepScales(CkksParameters parameters, int top, int degree, double outputBound) {

  /** Limbs of the last powers of r, and of all that becomes answers. */
  static final int ANSWER_LIMBS = 2;

  /** Most bits of the answers' scale. */
  private static final int ANSWER_BITS_MAX = 28;

  /**
   * @throws IllegalArgumentException if the parameter set has fewer than {@code top} primes, or
   *     outputs so large that no scale holds them
   */
  DeepScales {
    AnswerScale.of(parameters, outputBound, ANSWER_BITS_MAX);
    if (parameters.dataLimbs() < top) {
      throw new IllegalArgumentException(
          "parameter set "
              + parameters
              + " has "
              + parameters.dataLimbs()
              + " data primes, a program of "
              + (top - 1)
              + " levels takes "
              + top);
    }
  }

  /** Of the answers. */
  double answer() {
    return AnswerScale.of(parameters, outputBound, ANSWER_BITS_MAX);
  }

  /** What a rescale of so many limbs divides by. */
  double prime(int limbs) {
    return parameters.dataPrime(limbs - 1).value();
  }

  /** Δ: of the rows, and of h, h², y, k and q. */
  double input() {
    return prime(top - 1);
  }

  /** Of what multiplies the rows. */
  double matrix() {
    return prime(top);
  }

  /** Limbs of r. */
  int rowLimbs() {
    return ANSWER_LIMBS + ProductBasis.depth(degree);
  }

  /** Limbs of what is summed over tokens. */
  int mixedLimbs() {
    return rowLimbs() + 1;
  }

  /** Limbs of e², and of the values that it weighs. */
  int valueLimbs() {
    return rowLimbs() + 2;
  }

  /** Limbs of e. */
  int scoreLimbs() {
    return rowLimbs() + 3;
  }

  /** Limbs of the weights w that the client sends. */
  int weightLimbs() {
    return rowLimbs() + 4;
  }

  /** Of the weights w, before and after they are multiplied with factors. */
  double weights() {
    return prime(scoreLimbs());
  }

  /** Of the factors of w. */
  double weightFactor() {
    return prime(weightLimbs());
  }

  /** Of e. */
  double score() {
    return input() * input() / prime(weightLimbs());
  }

  /** Of sums over tokens. */
  double mixed() {
    return score() * score() / prime(scoreLimbs()) * input() / prime(valueLimbs());
  }

  /** Of r². */
  double squared() {
    return power(2);
  }

  /** Limbs of B_n(r). */
  int powerLimbs(int n) {
    return rowLimbs() - ProductBasis.depth(n);
  }

  /** Of B_n(r). */
  double power(int n) {
    if (n == 1) {
      return mixed();
    }
    int a = ProductBasis.factor(n);
    return power(a) * power(n - a) / prime(powerLimbs(n) + 1);
  }

  /** Of factors that bring something of a scale, with so many limbs, to another one. */
  double factor(double from, int limbs, double to) {
    return to * prime(limbs) / from;
  }
}
