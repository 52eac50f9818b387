package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads the names of engines in an appliance's messages, in a form that is safe to show. */
final class EngineNames {

  private static final int NAME_CHARS_MAX = 128;
  private static final int NAMES_MAX = 8;

  private EngineNames() {}

  /** The engine that computed, from a message of a round or a result. */
  static String used(JsonNode message) {
    String name = shown(message.path("engine"));
    return name.isEmpty() ? InferenceReport.ENGINE_UNKNOWN : name;
  }

  /**
   * The engines that failed before, from the same message: a list, or text separated by commas
   * where a list is not possible.
   */
  static List<String> failed(JsonNode message) {
    JsonNode names = message.path("enginesFailed");
    Stream<String> each =
        names.isTextual()
            ? Arrays.stream(names.asText().split(",", NAMES_MAX + 1)).map(EngineNames::shown)
            : StreamSupport.stream(names.spliterator(), false).map(EngineNames::shown);
    return each.limit(NAMES_MAX).filter(name -> !name.isEmpty()).toList();
  }

  /**
   * Bounds a name and removes its control characters, since it comes from outside and is shown on
   * terminals.
   */
  private static String shown(JsonNode name) {
    return shown(name.asText(""));
  }

  private static String shown(String name) {
    String text = name.strip();
    return text.substring(0, Math.min(text.length(), NAME_CHARS_MAX)).replaceAll("\\p{C}", "?");
  }
}
