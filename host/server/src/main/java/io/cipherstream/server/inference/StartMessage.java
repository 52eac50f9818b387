package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.trace.Spans;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's request to start an inference.
 *
 * @param inference its id, in the form {@link #INFERENCE}
 * @param planDigest in the form {@link #DIGEST}
 * @param traceparent the client's span; null if it has none, or where a header of the request says
 *     it
 */
record StartMessage(
    String inference,
    String mode,
    int tokenClass,
    String planDigest,
    @Nullable String traceparent) {

  /** Form of an inference's or a session's id. */
  static final String INFERENCE = "[0-9a-f]{32}";

  /** Form of a mode. */
  static final String MODE = "[a-z]{1,32}";

  /** Form of a digest. */
  static final String DIGEST = "[0-9a-f]{64}";

  private static final Set<String> MEMBERS =
      Set.of("type", "inference", "mode", "tokenClass", "planDigest", Spans.TRACEPARENT);

  /**
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} that names the member
   */
  static StartMessage of(JsonObject json) {
    JsonMembers members = new JsonMembers(json, "the start message").only(MEMBERS);
    return new StartMessage(
        members.text("inference", INFERENCE),
        members.text("mode", MODE),
        members.number("tokenClass"),
        members.text("planDigest", DIGEST),
        json.containsKey(Spans.TRACEPARENT)
            ? members.text(Spans.TRACEPARENT, Spans.TRACEPARENT_FORM)
            : null);
  }
}
