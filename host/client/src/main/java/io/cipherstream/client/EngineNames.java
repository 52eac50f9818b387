package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/** The engines that a server names in its messages, as they can be shown. */
final class EngineNames {

  private static final int NAME_CHARS_MAX = 128;
  private static final int NAMES_MAX = 8;

  private EngineNames() {}

  /** What computed, by a round's or a result's message. */
  static String used(JsonNode message) {
    String name = shown(message.path("engine"));
    return name.isEmpty() ? InferenceReport.ENGINE_UNKNOWN : name;
  }

  /** What failed before, by the same message. */
  static List<String> failed(JsonNode message) {
    return StreamSupport.stream(message.path("enginesFailed").spliterator(), false)
        .limit(NAMES_MAX)
        .map(EngineNames::shown)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** A name comes from outside and ends in terminals: bounded, without control characters. */
  private static String shown(JsonNode name) {
    String text = name.asText("").strip();
    return text.substring(0, Math.min(text.length(), NAME_CHARS_MAX)).replaceAll("\\p{C}", "?");
  }
}
