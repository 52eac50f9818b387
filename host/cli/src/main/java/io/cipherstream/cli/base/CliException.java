package io.cipherstream.cli.base;

import org.jspecify.annotations.Nullable;

/** A command cannot continue. The message is for the user, the exit code for scripts. */
public final class CliException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  public CliException(int exitCode, String message) {
    this(exitCode, message, null);
  }

  public CliException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public static CliException badInput(String message) {
    return new CliException(ExitCodes.BAD_INPUT, message);
  }

  public int exitCode() {
    return exitCode;
  }
}
