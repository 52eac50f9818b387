package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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

  /**
   * What failed before, by the same message: a list, or with commas between where only a text can
   * stand.
   */
  static List<String> failed(JsonNode message) {
    JsonNode names = message.path("enginesFailed");
    Stream<String> each =
        names.isTextual()
            ? Arrays.stream(names.asText().split(",", NAMES_MAX + 1)).map(EngineNames::shown)
            : StreamSupport.stream(names.spliterator(), false).map(EngineNames::shown);
    return each.limit(NAMES_MAX).filter(name -> !name.isEmpty()).toList();
  }

  /** A name comes from outside and ends in terminals: bounded, without control characters. */
  private static String shown(JsonNode name) {
    return shown(name.asText(""));
  }

  private static String shown(String name) {
    String text = name.strip();
    return text.substring(0, Math.min(text.length(), NAME_CHARS_MAX)).replaceAll("\\p{C}", "?");
  }
}
