package io.cipherstream.ring;

/** An engine could not do what it was asked. The text says what came and what to do. */
public final class EngineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** Program or arguments do not fit: a mistake of the caller. */
    PROGRAM,
    /** A transfer outside a buffer or from a heap buffer: a mistake of the caller. */
    TRANSFER,
    /** Too little memory on the device. */
    MEMORY,
    /** Kernels did not build, or the image does not fit; the log is in the text. */
    BUILD,
    /** The device cannot be used: not there, taken by another process, lacking a feature. */
    UNAVAILABLE,
    /** The device failed or is lost; everything on it is gone. */
    DEVICE,
    /** Two engines gave different words. */
    MISMATCH,
    /** What was computed rests on an assumption that turned out wrong; the engine is in order. */
    INEXACT
  }

  private final Kind kind;

  public EngineException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public EngineException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
