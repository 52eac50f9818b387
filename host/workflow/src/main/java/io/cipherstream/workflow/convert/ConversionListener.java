package io.cipherstream.workflow.convert;

/** Follows a conversion; called on its thread, so it must be quick. */
public interface ConversionListener {

  /**
   * A stage begins.
   *
   * @param done whether an earlier run finished it
   */
  void stage(StageName stage, boolean done);

  /** After each training step; see {@code TrainingListener#step}. */
  void step(long step, long steps, double loss, double secondsLeft, double heldOut);

  /**
   * Progress of other work that takes a while.
   *
   * @param share from 0 to 1
   */
  void work(String what, double share);

  /** A stage's model has been exported and scored on the development set. */
  void variant(StageVariant variant);
}
