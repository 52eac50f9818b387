package io.cipherstream.server.problem;

import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request cannot be served: what was received, what was expected, what to do. Never contains
 * payloads.
 */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What {@link #toJson} adds to the members. */
  private static final Set<String> OF_ANY =
      Set.of("type", "title", "status", "detail", "requestId", "error");

  private final ProblemType type;
  private final transient JsonObject members = new JsonObject();

  private ProblemException(
      ProblemType type,
      String received,
      String expected,
      String action,
      @Nullable Throwable cause) {
    super(
        type.title()
            + ": received "
            + received
            + "; expected "
            + expected
            + (action.isEmpty() ? "" : "; " + action),
        cause,
        false,
        cause != null);
    this.type = type;
    members.put("received", received).put("expected", expected);
    if (!action.isEmpty()) {
      members.put("action", action);
    }
  }

  /**
   * @param received what came
   * @param expected what would have been accepted
   * @param action what the caller can do about it; may be empty
   */
  public static ProblemException of(
      ProblemType type, String received, String expected, String action) {
    return new ProblemException(type, received, expected, action, null);
  }

  /** The problem that {@link #toJson} wrote. */
  public static ProblemException ofJson(JsonObject json) {
    String urn = json.getString("type", "");
    ProblemException problem =
        of(
            ProblemType.of(urn.substring(urn.lastIndexOf(':') + 1)).orElse(ProblemType.INTERNAL),
            json.getString("received", "a request"),
            json.getString("expected", "another one"),
            json.getString("action", ""));
    json.forEach(
        member -> {
          if (!OF_ANY.contains(member.getKey())) {
            problem.with(member.getKey(), member.getValue());
          }
        });
    return problem;
  }

  /** A request that arrived while the appliance stops; another appliance will take its place. */
  public static ProblemException shuttingDown(String received, int retryAfterSeconds) {
    return of(
            ProblemType.SHUTTING_DOWN,
            received,
            "none while stopping",
            "try again after the named time")
        .with("retryAfterSeconds", retryAfterSeconds);
  }

  /** The appliance itself failed; the cause is logged, not sent. */
  public static ProblemException internal(Throwable cause, String requestId) {
    return new ProblemException(
        ProblemType.INTERNAL,
        "an internal error",
        "an answer",
        "look for request " + requestId + " in the appliance's log",
        cause);
  }

  /** Adds a member to the problem object. */
  public ProblemException with(String member, Object value) {
    members.put(member, value);
    return this;
  }

  public ProblemType type() {
    return type;
  }

  /** Seconds after which a retry makes sense, or null. */
  public @Nullable Integer retryAfterSeconds() {
    return members.getInteger("retryAfterSeconds");
  }

  /** The problem as RFC 9457 JSON, with an {@code error} member for Open Inference clients. */
  public JsonObject toJson(String requestId) {
    String detail = String.valueOf(getMessage());
    return new JsonObject()
        .put("type", "urn:cipherstream:problem:" + type.slug())
        .put("title", type.title())
        .put("status", type.status())
        .put("detail", detail)
        .put("requestId", requestId)
        .put("error", detail)
        .mergeIn(members);
  }
}
