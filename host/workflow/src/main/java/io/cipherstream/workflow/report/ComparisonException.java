package io.cipherstream.workflow.report;

/** Reports that cannot be compared; the message says which, and how they differ. */
public final class ComparisonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ComparisonException(String message) {
    super(message);
  }
}
