package io.cipherstream.gateway.problem;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A request that was refused or failed. The message is for whoever asked, who knows the text; it is
 * never logged.
 */
public final class GatewayProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final GatewayProblemKind kind;
  private final @Nullable String member;
  private final int retryAfterSeconds;

  private GatewayProblem(
      GatewayProblemKind kind,
      String message,
      @Nullable String member,
      int retryAfterSeconds,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.member = member;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public static GatewayProblem of(GatewayProblemKind kind, String message) {
    return new GatewayProblem(kind, message, null, 0, null);
  }

  public static GatewayProblem of(GatewayProblemKind kind, String message, Throwable cause) {
    return new GatewayProblem(kind, message, null, 0, cause);
  }

  /** A problem with a member of the request, such as {@code input}. */
  public static GatewayProblem in(String member, String message) {
    return new GatewayProblem(GatewayProblemKind.INVALID, message, member, 0, null);
  }

  /** The same problem, with a time after which the request may be tried again. */
  public GatewayProblem retryAfter(int seconds) {
    return new GatewayProblem(kind, message(), member, seconds, getCause());
  }

  public GatewayProblemKind kind() {
    return kind;
  }

  /** What came, what was expected, what to do. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** The member of the request that it is about. */
  public Optional<String> member() {
    return Optional.ofNullable(member);
  }

  public OptionalInt retryAfterSeconds() {
    return retryAfterSeconds > 0 ? OptionalInt.of(retryAfterSeconds) : OptionalInt.empty();
  }
}
