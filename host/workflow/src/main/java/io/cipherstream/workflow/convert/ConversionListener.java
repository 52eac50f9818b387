package io.cipherstream.workflow.convert;

/** Sees a conversion on its way; called from its thread, so it must be quick. */
public interface ConversionListener {

  /**
   * A stage begins.
   *
   * @param done whether an earlier run has finished it
   */
  void stage(StageName stage, boolean done);

  /** After each training step; see {@code TrainingListener#step}. */
  void step(long step, long steps, double loss, double secondsLeft, double heldOut);

  /**
   * Something else that takes a while.
   *
   * @param share from 0 to 1
   */
  void work(String what, double share);

  /** A stage's model has been exported and scored on the development set. */
  void variant(StageVariant variant);
}
