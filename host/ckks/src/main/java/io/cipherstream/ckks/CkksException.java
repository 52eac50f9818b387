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

  public Kind kind() {
    return kind;
  }
}
