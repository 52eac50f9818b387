package io.cipherstream.client;

import org.jspecify.annotations.Nullable;

/** A request to the client failed; {@link #kind} says where the cause is. */
public class ClientException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The place of the cause, for programs that decide what to do next. */
  public enum Kind {
    /** The text is empty or only white space. */
    INPUT_EMPTY,
    /** The text has more tokens than the model takes; it is never cut. */
    INPUT_TOO_LONG,
    /**
     * The question does not fit the model, such as a pair for a model of single texts, or words for
     * one that does not label words.
     */
    INPUT_UNSUPPORTED,
    /** The appliance has no model of that name, or the model cannot do what was asked. */
    MODEL_UNKNOWN,
    /** The model does not offer that inference mode. */
    MODE_UNSUPPORTED,
    /** There was no connection, or it broke. */
    UNREACHABLE,
    /** The appliance's certificate is not the trusted one. */
    UNTRUSTED,
    /** The appliance refused with a problem (see {@link ServerProblemException}). */
    REFUSED,
    /** The appliance's answer is not what the protocol or the plan says; nothing more was sent. */
    PROTOCOL,
    /** The appliance did not answer in time. */
    TIMEOUT,
    /** The secret-key file is missing, damaged, or readable by others. */
    KEY_FILE,
    /** Something on this machine failed: disk, memory, native library. */
    LOCAL
  }

  private final Kind kind;
  private boolean waitedFor;

  public ClientException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public ClientException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The client has waited for the limit of its patience. */
  void waitedFor() {
    waitedFor = true;
  }

  boolean isWaitedFor() {
    return waitedFor;
  }
}
