package io.cipherstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A refusal in the form of RFC 9457 ({@code application/problem+json}).
 *
 * @param slug last part of the type, such as {@code key-missing}
 * @param status HTTP status
 * @param detail what came, what was expected, what to do
 * @param retryAfterSeconds when the appliance expects to take the same request, if it says so
 * @param requestId names the request in the appliance's log; empty if not given
 */
public record Problem(
    String slug, int status, String detail, OptionalInt retryAfterSeconds, String requestId) {

  private static final String PREFIX = "urn:cipherstream:problem:";

  /** Reads a problem object; members of a wrong type count as absent. */
  static Problem of(JsonNode json, int status) {
    String type = json.path("type").asText("");
    String slug = type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
    JsonNode retry = json.path("retryAfterSeconds");
    return new Problem(
        slug.isEmpty() ? "status-" + status : slug,
        json.path("status").asInt(status),
        json.path("detail").asText(json.path("title").asText("no detail given")),
        retry.isNumber() ? OptionalInt.of(Math.max(0, retry.asInt())) : OptionalInt.empty(),
        json.path("requestId").asText(""));
  }

  /** The problem in a refused WebSocket upgrade, whose body may have been read or not. */
  static Problem ofHandshake(@Nullable HttpResponse<?> response) {
    if (response == null) {
      return ofStatus(0);
    }
    if (response.body() instanceof String body) {
      try {
        JsonNode json = ApplianceHttp.JSON.readTree(body);
        if (json.isObject()) {
          return of(json, response.statusCode());
        }
      } catch (JsonProcessingException e) {
        return ofHead(response);
      }
    }
    return ofHead(response);
  }

  /** What status and headers say, where no body could be read. */
  private static Problem ofHead(HttpResponse<?> response) {
    Problem plain = ofStatus(response.statusCode());
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("[0-9]{1,9}"))
        .map(
            seconds ->
                new Problem(
                    plain.slug,
                    plain.status,
                    plain.detail,
                    OptionalInt.of(Integer.parseInt(seconds)),
                    plain.requestId))
        .orElse(plain);
  }

  /** A problem for an answer without a readable body. */
  static Problem ofStatus(int status) {
    return new Problem(
        "status-" + status, status, "HTTP status " + status, OptionalInt.empty(), "");
  }
}
