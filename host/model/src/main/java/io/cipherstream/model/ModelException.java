package io.cipherstream.model;

/** A model, a model file or a text is not what was expected; the message says what to do. */
public final class ModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What was wrong, for programs that map it to an error type. */
  public enum Kind {
    /** A file ends before what its header announces. */
    TRUNCATED,
    /** A file's bytes do not follow its format. */
    MALFORMED,
    /** Sizes do not fit each other, or lie outside the limits. */
    SHAPE,
    /** A tensor that the architecture needs is not there. */
    TENSOR_MISSING,
    /** A known format, but an architecture or an option this program does not compute. */
    UNSUPPORTED,
    /** A weight is NaN or infinite. */
    VALUE,
    /** A file's SHA-256 digest differs from the manifest's. */
    DIGEST,
    /** A model name breaks the name rules. */
    NAME,
    /** No model or file of that name. */
    NOT_FOUND,
    /** A model of that name is there already. */
    EXISTS,
    /** The vocabulary or the tokenizer's options cannot be used. */
    TOKENIZER,
    /** A pair for a model of single texts, words for one that labels no words, and the like. */
    TEXT_INPUT,
    /** The text has no word pieces. */
    TEXT_EMPTY,
    /** The text is not valid Unicode. */
    TEXT_ENCODING,
    /** The text has more word pieces than the model has positions. */
    TEXT_TOO_LONG,
    /** A sentinel says that a text is beyond what the model was calibrated for. */
    OUT_OF_RANGE,
    /** Reading or writing failed in the operating system. */
    IO
  }

  private final Kind kind;

  public ModelException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public ModelException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
