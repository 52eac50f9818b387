package io.cipherstream.workflow.train;

/** Follows a training; called on its thread, so it must be quick. */
@FunctionalInterface
public interface TrainingListener {

  /**
   * After each step.
   *
   * @param step steps taken
   * @param steps steps of the whole schedule
   * @param loss smoothed loss
   * @param secondsLeft at the speed so far
   * @param heldOut the last score on held-out examples, NaN before the first
   */
  void step(long step, long steps, double loss, double secondsLeft, double heldOut);
}
