package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;

/**
 * Limbs and scales of an AA up to the first layer's residual y, from where {@link DeepScales} goes
 * on. With q₍ℓ₎ the prime that a rescale of ℓ limbs divides by:
 *
 * <pre>
 *   x            q₁₅                              16 limbs
 *   q, k, v      q₁₅·q₁₆ / q₁₆ = q₁₅              15
 *   e            q₁₅² / q₁₅ = q₁₅                 14
 *   w            q₁₄                              14
 *   e², v·w      q₁₅² / q₁₄,  q₁₅                 13
 *   z            e²·(v·w) / q₁₃                   12
 *   y            Δ, of the second part            11
 *   y of [CLS]   Δ·q₁₁ / q₁₁ = Δ                  10
 * </pre>
 *
 * @param second of what follows, which takes y with {@value #SECOND_LIMBS} limbs
 */
record AttentionScales(DeepScales second) {

  /** Limbs of x. */
  static final int LIMBS = 16;

  /** Limbs of q, k and v. */
  static final int MAP_LIMBS = 15;

  /** Limbs of e and of the weights w. */
  static final int SCORE_LIMBS = 14;

  /** Limbs of z. */
  static final int MIXED_LIMBS = 12;

  /** Limbs of y. */
  static final int RESIDUAL_LIMBS = 11;

  /** Limbs of y where it stands for a text's window. */
  static final int SECOND_LIMBS = 10;

  /** Degree of the last network's polynomials: there are levels for no higher one. */
  private static final int LAST_DEGREE = 2;

  /** Limbs of the products that only a sentinel sees. */
  static final int SENTINEL_LIMBS = 4;

  /**
   * @throws IllegalArgumentException if the parameter set has fewer than {@value #LIMBS} primes
   */
  AttentionScales {
    int limbs = second.parameters().dataLimbs();
    if (limbs < LIMBS) {
      throw new IllegalArgumentException(
          "parameter set "
              + second.parameters()
              + " has "
              + limbs
              + " data primes, a program of "
              + (LIMBS - 1)
              + " levels takes "
              + LIMBS);
    }
  }

  static AttentionScales of(CkksParameters parameters, double outputBound) {
    return new AttentionScales(new DeepScales(parameters, SECOND_LIMBS, LAST_DEGREE, outputBound));
  }

  double prime(int limbs) {
    return second.prime(limbs);
  }

  /** Of x, and of q, k and v. */
  double input() {
    return prime(LIMBS - 1);
  }

  /** Of e. */
  double score() {
    return input() * input() / prime(MAP_LIMBS);
  }

  /** Of the weights w. */
  double weights() {
    return prime(SCORE_LIMBS);
  }

  private double square() {
    return score() * score() / prime(SCORE_LIMBS);
  }

  /** Of z. */
  double mixed() {
    return square() * (input() * weights() / prime(SCORE_LIMBS)) / prime(MIXED_LIMBS + 1);
  }

  /** Of what multiplies something of a scale, with the limbs of z, to give y. */
  double residualFactor(double from) {
    return second.factor(from, MIXED_LIMBS, second.input());
  }

  /** Of e²·w·w of a sentinel, with the limbs of answers. */
  double firstScores() {
    return square()
        * weights()
        / prime(SENTINEL_LIMBS)
        * second.weights()
        / prime(SENTINEL_LIMBS - 1);
  }
}
