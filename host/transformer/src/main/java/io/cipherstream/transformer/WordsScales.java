package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;

/**
 * Scales of a CT's encrypted program, which has a CQ's first two levels. With A the scale of the
 * answers and q₂, q₁ the primes that the last rescales divide by:
 *
 * <pre>
 *   G            A·q₂ / q₂ = A           2 limbs left
 *   answers      A·q₁ / q₁ = A           1
 * </pre>
 *
 * @param first of levels 1 and 2
 * @param answer A
 */
record WordsScales(SealedScales first, double answer) {

  private static final int ANSWER_BITS_MAX = 33;

  /**
   * @param outputBound largest absolute output
   * @throws IllegalArgumentException as {@link SealedScales}, or if no scale holds the outputs
   */
  static WordsScales of(CkksParameters parameters, double outputBound) {
    return new WordsScales(
        new SealedScales(parameters), AnswerScale.of(parameters, outputBound, ANSWER_BITS_MAX));
  }

  private double prime(int limb) {
    return first.parameters().dataPrime(limb).value();
  }

  /** Of G before its rescale, and of its constants. */
  double value() {
    return answer * prime(2);
  }

  /** Of what multiplies h². */
  double squareFactor() {
    return value() / first.square();
  }

  /** Of what multiplies the rows. */
  double linearFactor() {
    return value() / SealedScales.INPUT;
  }

  /** Of the masks. */
  double mask() {
    return prime(1);
  }
}
