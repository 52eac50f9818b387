package io.cipherstream.workflow.convert;

/** A conversion that cannot start or continue, for a reason that its user can remove. */
public final class ConversionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public ConversionException(String message) {
    super(message);
  }

  public ConversionException(String message, Throwable cause) {
    super(message, cause);
  }
}
