package io.cipherstream.bench.trial;

/** A program file or its words cannot be used. The text names the file and what was expected. */
public final class TrialException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TrialException(String message) {
    super(message);
  }

  TrialException(String message, Throwable cause) {
    super(message, cause);
  }
}
