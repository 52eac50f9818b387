package io.cipherstream.ckks;

/** A CKKS operation was asked for something its operands do not allow. */
public final class CkksException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What was wrong, for programs that map it to an error type. */
  public enum Kind {
    /** Limbs, size or degree do not fit. */
    SHAPE,
    /** Scales differ, or the scale does not fit the modulus. */
    SCALE,
    /** A value is not finite or too large to encode. */
    VALUE,
    /** A key-switching key is missing or given for too few limbs. */
    KEY_MISSING,
    /** A word is not below its modulus, or a length is wrong. */
    WORDS,
    /** The native library failed. */
    NATIVE
  }

  private final Kind kind;

  public CkksException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public CkksException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /**
   * The typed form of an error that native code threw: a text that starts with a kind and a bar,
   * {@code WORDS|…}, is of that kind, any other of kind {@link Kind#NATIVE}.
   */
  public static CkksException ofNative(String operation, RuntimeException error) {
    String text = String.valueOf(error.getMessage());
    for (Kind kind : Kind.values()) {
      if (text.startsWith(kind + "|")) {
        return new CkksException(
            kind, operation + ": " + text.substring(kind.name().length() + 1), error);
      }
    }
    return new CkksException(Kind.NATIVE, operation + ": " + text, error);
  }

  public Kind kind() {
    return kind;
  }
}
