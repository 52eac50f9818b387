package io.cipherstream.cli.advisories;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.maven.artifact.versioning.ComparableVersion;

/**
 * An advisory in the OSV format, and which libraries of Maven it concerns. Versions are ordered as
 * Maven orders them.
 */
final class OsvAdvisory {

  private final JsonNode json;

  OsvAdvisory(JsonNode json) {
    this.json = json;
  }

  /**
   * A library that an advisory concerns.
   *
   * @param fixed versions in which it is mended; empty if none is named
   */
  record Finding(
      String library,
      String version,
      String advisory,
      String summary,
      List<String> aliases,
      List<String> fixed) {

    Finding {
      aliases = List.copyOf(aliases);
      fixed = List.copyOf(fixed);
    }
  }

  /** The libraries that it concerns; none if it was withdrawn. */
  List<Finding> among(Map<String, Set<String>> libraries) {
    List<Finding> found = new ArrayList<>();
    if (json.hasNonNull("withdrawn")) {
      return found;
    }
    for (JsonNode affected : json.path("affected")) {
      String name = affected.path("package").path("name").asText();
      if (affected.path("package").path("ecosystem").asText().split(":", 2)[0].equals("Maven")) {
        for (String version : libraries.getOrDefault(name, Set.of())) {
          if (concerns(affected, version)) {
            found.add(finding(affected, name, version));
          }
        }
      }
    }
    return found;
  }

  private Finding finding(JsonNode affected, String name, String version) {
    return new Finding(
        name,
        version,
        json.path("id").asText("?"),
        json.path("summary").asText(""),
        texts(json.path("aliases")),
        ranges(affected).stream()
            .flatMap(range -> list(range.path("events")).stream())
            .filter(event -> event.has("fixed"))
            .map(event -> event.path("fixed").asText())
            .toList());
  }

  private static boolean concerns(JsonNode affected, String version) {
    if (texts(affected.path("versions")).contains(version)) {
      return true;
    }
    return ranges(affected).stream().anyMatch(range -> within(range, version));
  }

  /** The rule of the format: the last event that is not after the version decides. */
  private static boolean within(JsonNode range, String version) {
    ComparableVersion asked = new ComparableVersion(version);
    List<JsonNode> events = list(range.path("events"));
    events.sort(Comparator.comparing(OsvAdvisory::at));
    boolean inside = false;
    for (JsonNode event : events) {
      int order = asked.compareTo(at(event));
      if (event.has("introduced")
          && (order >= 0 || event.path("introduced").asText().equals("0"))) {
        inside = true;
      } else if (event.has("fixed") && order >= 0) {
        inside = false;
      } else if (event.has("last_affected") && order > 0) {
        inside = false;
      }
    }
    return inside;
  }

  private static ComparableVersion at(JsonNode event) {
    String version =
        event
            .path("introduced")
            .asText(event.path("fixed").asText(event.path("last_affected").asText("0")));
    return new ComparableVersion(version);
  }

  /** Ranges of versions; those of type GIT have commits instead. */
  private static List<JsonNode> ranges(JsonNode affected) {
    return list(affected.path("ranges")).stream()
        .filter(range -> !range.path("type").asText().equals("GIT"))
        .toList();
  }

  private static List<JsonNode> list(JsonNode array) {
    return new ArrayList<>(StreamSupport.stream(array.spliterator(), false).toList());
  }

  private static List<String> texts(JsonNode array) {
    return list(array).stream().map(JsonNode::asText).toList();
  }
}
