package io.cipherstream.workflow.train;

/**
 * How strongly a polynomial encoder is kept within its limits, on the examples and on texts that
 * nobody writes: random pieces, repeated ones, and those that a search makes worse.
 *
 * @param weight of the penalty in the loss
 * @param limits the penalised quantities
 * @param mineEvery steps between two searches; every third also tries repeated pieces
 * @param repeatedPieces most word pieces that are tried repeated
 */
public record Hardening(double weight, RangeLimits limits, int mineEvery, int repeatedPieces) {

  /**
   * @throws TrainingException of kind OPTIONS if a number is below its least
   */
  public Hardening {
    if (!(weight >= 0) || mineEvery < 2 || repeatedPieces < 0) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "a penalty of weight "
              + weight
              + (", a search every " + mineEvery + " steps and " + repeatedPieces)
              + " repeated pieces: expected at least 0, 2 and 0");
    }
  }

  /** The same with another number of repeated pieces. */
  public Hardening withRepeatedPieces(int count) {
    return new Hardening(weight, limits, mineEvery, count);
  }
}
