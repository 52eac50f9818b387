package io.cipherstream.workflow.run;

/**
 * Why a package was not written.
 *
 * @param message what happened and what may help
 */
public record Refusal(Reason reason, String message) {

  /** The reason. */
  public enum Reason {
    /** The conversion lost more than its budget. */
    LOST_TOO_MUCH,
    /** A bound fits no parameter set. */
    NO_PARAMETER_SET
  }
}
