package io.cipherstream.workflow.metric;

/** Checks of the two arrays of every metric. */
final class Checks {

  private Checks() {}

  /**
   * @throws IllegalArgumentException if the sizes differ or are 0
   */
  static void sameSize(int truths, int predictions) {
    if (truths != predictions || truths == 0) {
      throw new IllegalArgumentException(
          truths
              + " true values and "
              + predictions
              + " predictions: expected equally many, at least one");
    }
  }
}
