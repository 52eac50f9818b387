package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;

/** The scale of an answer: as large as the last prime lets outputs of a size be. */
final class AnswerScale {

  /** Fewest bits; with fewer the answers would be imprecise. */
  private static final int BITS_MIN = 20;

  private AnswerScale() {}

  /**
   * A power of two.
   *
   * @param bound largest absolute output
   * @param bitsMax most bits
   * @throws IllegalArgumentException if the outputs are so large that no scale holds them
   */
  static double of(CkksParameters parameters, double bound, int bitsMax) {
    int room = parameters.dataPrime(0).bits() - 2 - Math.getExponent(Math.max(1, bound));
    int bits = Math.min(bitsMax, room - 1);
    if (bits < BITS_MIN) {
      throw new IllegalArgumentException(
          String.format(
              "outputs of up to %.3g: parameter set %s holds at most 2^%d of them at a scale of"
                  + " 2^%d; train with a lower limit of the logits",
              bound, parameters, parameters.dataPrime(0).bits() - 2 - BITS_MIN, BITS_MIN));
    }
    return Math.scalb(1.0, bits);
  }
}
