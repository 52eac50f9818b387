package io.cipherstream.cli.advisories;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a bill of materials (CycloneDX, JSON) names.
 *
 * @param maven versions of each library of Maven, {@code group:artifact}; without this program's
 *     own
 * @param others components of other kinds, with their versions
 */
record BillLibraries(Map<String, Set<String>> maven, List<String> others) {

  private static final long BYTES_MAX = 64L << 20;
  private static final Pattern PURL = Pattern.compile("pkg:maven/([^/@]+)/([^/@?]+)@([^?#]+).*");
  private static final String OWN = "io.cipherstream";

  BillLibraries {
    maven = Collections.unmodifiableMap(maven);
    others = List.copyOf(others);
  }

  /**
   * @throws CliException of BAD_INPUT if the file is not such a bill
   */
  static BillLibraries read(Path file) {
    JsonNode bill;
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw CliException.badInput(
            file + ": " + Files.size(file) + " bytes, expected at most " + BYTES_MAX);
      }
      bill = Json.MAPPER.readTree(file.toFile());
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT, file + " cannot be read as JSON: " + e.getMessage(), e);
    }
    if (!bill.path("bomFormat").asText().equals("CycloneDX") || bill.path("components").isEmpty()) {
      throw CliException.badInput(
          file + ": expected a bill of materials of CycloneDX with components");
    }
    Map<String, Set<String>> maven = new TreeMap<>();
    List<String> others = new ArrayList<>();
    for (JsonNode component : bill.path("components")) {
      Matcher purl = PURL.matcher(component.path("purl").asText());
      if (!purl.matches()) {
        others.add(component.path("name").asText() + " " + component.path("version").asText());
      } else if (!purl.group(1).equals(OWN)) {
        String name = purl.group(1) + ":" + purl.group(2);
        maven.computeIfAbsent(name, each -> new TreeSet<>()).add(purl.group(3));
      }
    }
    return new BillLibraries(maven, others);
  }
}
