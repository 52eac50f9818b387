package io.cipherstream.server.session;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * What a session is, as stored; all binary members in hexadecimal.
 *
 * @param created seconds since 1970
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
    long created) {

  @Override
  public String toString() {
    return "session " + id + " of tenant " + tenant + " for model " + model;
  }
}
