package io.cipherstream.gateway.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import java.io.IOException;

/** JSON of requests: bounded in depth, without duplicate members, NaN, or anything behind it. */
public final class StrictJson {

  private static final int DEPTH_MAX = 16;
  private static final int NUMBER_CHARACTERS_MAX = 64;

  /** Reads and writes JSON. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxNumberLength(NUMBER_CHARACTERS_MAX)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /**
   * Reads an object.
   *
   * @throws GatewayProblem of kind MALFORMED, which says where but quotes nothing
   */
  public static ObjectNode object(byte[] body) {
    return object(body, 0, body.length);
  }

  /** As {@link #object(byte[])}, for a part of an array. */
  public static ObjectNode object(byte[] body, int from, int length) {
    JsonNode read;
    try {
      read = MAPPER.readTree(body, from, length);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw malformed(
          at == null ? "it" : "line " + at.getLineNr() + ", column " + at.getColumnNr());
    } catch (IOException e) {
      throw malformed("it");
    }
    if (read instanceof ObjectNode object) {
      return object;
    }
    throw GatewayProblem.of(
        GatewayProblemKind.MALFORMED, "the body is not a JSON object: expected { … }");
  }

  private static GatewayProblem malformed(String where) {
    return GatewayProblem.of(
        GatewayProblemKind.MALFORMED,
        "the body is not JSON in UTF-8: " + where + " cannot be read; expected one JSON object");
  }
}
