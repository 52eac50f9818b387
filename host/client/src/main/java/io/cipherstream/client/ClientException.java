package io.cipherstream.client;

import org.jspecify.annotations.Nullable;

/** A request to the client could not be carried out; {@link #kind} says where the cause lies. */
public class ClientException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Where the cause lies, for programs that decide what to do next. */
  public enum Kind {
    /** The text is empty or only white space. */
    INPUT_EMPTY,
    /** The text has more tokens than the model takes; it is never cut. */
    INPUT_TOO_LONG,
    /** A pair for a model of single texts, words for one that labels no words, and the like. */
    INPUT_UNSUPPORTED,
    /** The appliance has no model of that name, or the model cannot do what was asked. */
    MODEL_UNKNOWN,
    /** The model does not offer that inference mode. */
    MODE_UNSUPPORTED,
    /** No connection, or it broke. */
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

  /** The client has waited for it to pass as long as it may. */
  void waitedFor() {
    waitedFor = true;
  }

  boolean isWaitedFor() {
    return waitedFor;
  }
}
