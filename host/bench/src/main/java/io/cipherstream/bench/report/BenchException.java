package io.cipherstream.bench.report;

/** A benchmark cannot be run, written, read or compared. The text says why and what to do. */
public final class BenchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** An engine that does not exist or is not on this machine. */
    ENGINE,
    /** A report file that cannot be read, or of another version. */
    REPORT,
    /** Two reports that cannot be compared. */
    DIFFERENT,
    /** A folder or file that cannot be written. */
    OUTPUT,
    /** The measuring process failed. */
    WORKER
  }

  private final Kind kind;

  public BenchException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public BenchException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
