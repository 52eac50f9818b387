package io.cipherstream.intervals;

/** Decrypted slots as the whole numbers that they stand for. */
final class WholeNumbers {

  /** {@link AnswerError} is below this for every plan. */
  static final double ERROR_MAX = 0.25;

  private WholeNumbers() {}

  /**
   * The whole number next to a decrypted slot.
   *
   * @throws IntervalException if it is not within {@link #ERROR_MAX} of one from 0 to {@code most}
   */
  static long of(double slot, long most) {
    double whole = Math.rint(slot);
    if (!(Math.abs(slot - whole) < ERROR_MAX) || whole < 0 || whole > most) {
      throw new IntervalException(
          "the answer has a slot of "
              + slot
              + " where a whole number from 0 to "
              + most
              + " was expected: the track was encrypted under another key, or the appliance"
              + " computed something else");
    }
    return (long) whole;
  }
}
