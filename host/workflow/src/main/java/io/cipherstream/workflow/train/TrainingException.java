package io.cipherstream.workflow.train;

/** A training that cannot continue; the last good checkpoint is kept. */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What went wrong. */
  public enum Kind {
    /** Losses or gradients were not finite for too many steps. */
    DIVERGED,
    /** A batch does not fit into memory. */
    MEMORY,
    /** A checkpoint could not be written or read. */
    CHECKPOINT,
    /** The caller asked to stop; a checkpoint was written. */
    INTERRUPTED,
    /** Options that contradict each other or the examples. */
    OPTIONS
  }

  private final Kind kind;

  public TrainingException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public TrainingException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
