package io.cipherstream.wire;

/** Bytes from outside are not the envelope that was expected; nothing of them has been used. */
public final class WireException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What was wrong, for programs that map it to a problem type. */
  public enum Kind {
    /** The first four bytes are not an envelope's. */
    MAGIC,
    /** A format version that this build does not read. */
    VERSION,
    /** A header field holds a value that no envelope has. */
    HEADER,
    /** Another kind of envelope, or a key for another rotation step, than the one expected. */
    UNEXPECTED,
    /** Made for another parameter set. */
    PARAMETERS,
    /** Made for another session. */
    SESSION,
    /** Made with another key pair. */
    KEY,
    /** An envelope of this position, or of another inference, that has been sent before. */
    REPLAYED,
    /** An envelope that is not due yet. */
    OUT_OF_ORDER,
    /** Another number of limbs or digits than expected. */
    LEVEL,
    /** A scale that is not finite, not positive, or not the expected one. */
    SCALE,
    /** Fewer bytes than the parameters demand. */
    TRUNCATED,
    /** More bytes than the parameters allow. */
    OVERSIZED,
    /** A residue that is not below its modulus. */
    WORD,
    /** The keyed digest does not match: the bytes were changed, or the sender lacks the key. */
    DIGEST
  }

  private final Kind kind;
  private final String field;
  private final String expected;
  private final String received;

  /**
   * @param field what was looked at
   * @param expected what would have been accepted
   * @param received what came
   */
  public WireException(Kind kind, String field, String expected, String received) {
    super("envelope: " + field + ": expected " + expected + ", received " + received);
    this.kind = kind;
    this.field = field;
    this.expected = expected;
    this.received = received;
  }

  public Kind kind() {
    return kind;
  }

  public String field() {
    return field;
  }

  public String expected() {
    return expected;
  }

  public String received() {
    return received;
  }
}
