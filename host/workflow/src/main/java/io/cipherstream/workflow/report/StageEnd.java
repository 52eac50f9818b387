package io.cipherstream.workflow.report;

/** Why a stage ended. */
public enum StageEnd {
  /** All its steps are done. */
  FINISHED("finished", true),
  /** The held-out score stopped rising. */
  EARLY_STOP("stopped early: the held-out score did not rise any more", true),
  /** Its limit of steps, examples or time was reached before its schedule's end. */
  BUDGET("stopped at its budget", true),
  /** The loss or a gradient was not a finite number too often. */
  NOT_FINITE("stopped: the loss was not a finite number", false),
  /** It lost more of the score than the budget allows. */
  LOST_TOO_MUCH("stopped: it lost more of the score than allowed", false),
  /** The user stopped it. */
  INTERRUPTED("interrupted", false),
  /** An error. */
  FAILED("failed", false),
  /** Not asked for, or not needed. */
  SKIPPED("skipped", true),
  /** The report was written while it ran. */
  RUNNING("still running when this report was written", true);

  private final String words;
  private final boolean good;

  StageEnd(String words, boolean good) {
    this.words = words;
    this.good = good;
  }

  /** In words, for readers. */
  public String words() {
    return words;
  }

  /** Whether its result may be used. */
  public boolean good() {
    return good;
  }
}
