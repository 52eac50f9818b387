package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.session.SessionInfo;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Idempotency-Key} header (draft-ietf-httpapi-idempotency-key-header): a text in quotes;
 * accepted without quotes too.
 */
final class IdempotencyKey {

  static final String HEADER = "Idempotency-Key";

  private static final Pattern TEXT =
      Pattern.compile("\"([!-~&&[^\"\\\\]]{1,128})\"|([!-~&&[^\"\\\\]]{1,128})");

  private IdempotencyKey() {}

  /**
   * The key of a request; null without the header.
   *
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} if the header is not a key
   */
  static SessionInfo.@Nullable Idempotency of(@Nullable String header, JsonObject body) {
    String key = text(header, "choose a random key for every new session");
    return key == null ? null : new SessionInfo.Idempotency(key, ApiKeys.sha256(canonical(body)));
  }

  /**
   * The text of the header; null without one.
   *
   * @param action what to do about a header that is not a key
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} if it is not a key
   */
  static @Nullable String text(@Nullable String header, String action) {
    if (header == null) {
      return null;
    }
    Matcher text = TEXT.matcher(header.strip());
    if (!text.matches()) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          HEADER + " of " + header.length() + " characters",
          "1 to 128 visible ASCII characters in quotes",
          action);
    }
    return text.group(1) != null ? text.group(1) : text.group(2);
  }

  /** The same for the same request, however its members are ordered. */
  private static String canonical(JsonObject body) {
    JsonArray members = new JsonArray();
    body.fieldNames().stream().sorted().forEach(name -> members.add(name).add(body.getValue(name)));
    return members.encode();
  }
}
