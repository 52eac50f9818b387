package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/** The client's wish to start an inference. */
record StartMessage(String inference, String mode, int tokenClass, String planDigest) {

  private static final Set<String> MEMBERS =
      Set.of("type", "inference", "mode", "tokenClass", "planDigest");

  /**
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} that names the member
   */
  static StartMessage of(JsonObject json) {
    for (String member : json.fieldNames()) {
      if (!MEMBERS.contains(member)) {
        throw invalid("member '" + member + "'", "only " + MEMBERS);
      }
    }
    if (!(json.getValue("tokenClass") instanceof Integer tokenClass)) {
      throw invalid("tokenClass " + json.getValue("tokenClass"), "a whole number");
    }
    return new StartMessage(
        text(json, "inference", "[0-9a-f]{32}"),
        text(json, "mode", "[a-z]{1,32}"),
        tokenClass,
        text(json, "planDigest", "[0-9a-f]{64}"));
  }

  private static String text(JsonObject json, String member, String pattern) {
    if (json.getValue(member) instanceof String value && value.matches(pattern)) {
      return value;
    }
    String came = String.valueOf(json.getValue(member));
    throw invalid(
        "inference start with "
            + member
            + " '"
            + came.substring(0, Math.min(80, came.length()))
            + "'",
        "a text that matches " + pattern);
  }

  private static ProblemException invalid(String received, String expected) {
    return ProblemException.of(
        ProblemType.REQUEST_INVALID, received, expected, "send a start message as documented");
  }
}
