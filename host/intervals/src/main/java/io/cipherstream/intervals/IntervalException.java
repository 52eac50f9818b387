package io.cipherstream.intervals;

/** Intervals, a region or an answer that cannot be used; the message says what was expected. */
public final class IntervalException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public IntervalException(String message) {
    super(message);
  }
}
