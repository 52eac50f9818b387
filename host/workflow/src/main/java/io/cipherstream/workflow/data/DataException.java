package io.cipherstream.workflow.data;

/** A task description or its data is not what was expected; the message says what to do. */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What was wrong, for programs that map it to an error type. */
  public enum Kind {
    /** A task description contradicts itself. */
    TASK,
    /** No file of that name. */
    NOT_FOUND,
    /** A column that the task needs is not in the header. */
    COLUMN_MISSING,
    /** A row does not have the expected number of columns. */
    ROW,
    /** A label that the task does not have. */
    LABEL,
    /** A regression target is not a finite number. */
    TARGET,
    /** A text is empty or not valid Unicode. */
    TEXT,
    /** A text has more tokens than the model takes. */
    TOO_LONG,
    /** There is no example. */
    EMPTY,
    /** A file, a line, a sentence or the number of rows is above its limit. */
    TOO_LARGE,
    /** The bytes are not UTF-8. */
    ENCODING,
    /** Reading failed in the operating system. */
    IO
  }

  private final Kind kind;

  public DataException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public DataException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
