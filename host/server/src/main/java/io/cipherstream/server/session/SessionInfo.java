package io.cipherstream.server.session;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored description of a session; all binary members in hexadecimal.
 *
 * @param created seconds since 1970
 * @param idempotency the key of the request, if it had one
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SessionInfo(
    String id,
    String tenant,
    String model,
    String modelVersion,
    String packageDigest,
    String parametersDigest,
    String keyFingerprint,
    String transportKey,
    List<String> modes,
    List<Integer> tokenClasses,
    long created,
    @Nullable Idempotency idempotency) {

  /**
   * A request that may be repeated.
   *
   * @param key the client's name for it
   * @param requestSha256 of what it asked for
   */
  public record Idempotency(String key, String requestSha256) {}

  @Override
  public String toString() {
    return "session " + id + " of tenant " + tenant + " for model " + model;
  }
}
