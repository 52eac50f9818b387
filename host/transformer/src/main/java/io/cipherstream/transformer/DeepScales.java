package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;

/**
 * Limbs and scales of a deep sealed program. The rows arrive with {@code top} limbs; everything
 * from the scores on is the same for all specs. With q₍ℓ₎ the prime that a rescale of ℓ limbs
 * divides by and Δ = q₍top−1₎ the scale of the rows, so that their products' squares have scale Δ
 * again:
 *
 * <pre>
 *   h, y, k, q   Δ·q_top / q_top = Δ              top − 1 limbs
 *   h²           Δ² / q_(top−1) = Δ               top − 2
 *   e            Δ² / q₇                          6
 *   e²           e·e / q₆                         5
 *   g/n, y/n     Δ·q₆ / q₆ = Δ                    5
 *   Σ e²·g/n     e²·Δ / q₅                        4
 *   r            the same                         3
 *   r²           r·r / q₃                         2
 *   answers      2²⁸, or less for large outputs   1
 * </pre>
 *
 * @param top limbs of the rows
 * @param outputBound largest absolute output, which the last ciphertext must hold
 */
record DeepScales(CkksParameters parameters, int top, double outputBound) {

  /** Limbs of e. */
  static final int SCORE_LIMBS = 6;

  /** Limbs of e², and of the values that it weighs. */
  static final int VALUE_LIMBS = 5;

  /** Limbs of what is summed over tokens. */
  static final int MIXED_LIMBS = 4;

  /** Limbs of r². */
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

  /** Limbs of the weights w that the client sends. */
  static int weightLimbs() {
    return SCORE_LIMBS + 1;
  }

  /** Of the weights w, before and after they are multiplied with factors. */
  double weights() {
    return prime(SCORE_LIMBS);
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
    return score() * score() / prime(SCORE_LIMBS) * input() / prime(VALUE_LIMBS);
  }

  /** Of r². */
  double squared() {
    return mixed() * mixed() / prime(ANSWER_LIMBS + 1);
  }

  /** Of factors that bring something of a scale, with so many limbs, to another one. */
  double factor(double from, int limbs, double to) {
    return to * prime(limbs) / from;
  }
}
