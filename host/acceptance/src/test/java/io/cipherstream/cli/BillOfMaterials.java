package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;

/** What every bill of materials must name. */
final class BillOfMaterials {

  /**
   * Licences under which a library may lie in a package, by the names that its own description
   * gives; one of a library's is enough.
   */
  private static final Set<String> ALLOWED =
      Set.of(
          "Apache-2.0",
          "MIT",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "BSD-4-Clause",
          "CC0-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "Bouncy Castle Licence",
          "GPL-2.0-with-classpath-exception",
          "GNU General Public License (GPL), version 2, with the Classpath exception",
          "GNU Library or Lesser General Public License (LGPL)");

  private BillOfMaterials() {}

  /** Every component that is not ours names a licence, one of which is known to allow it. */
  static void assertLicencesAllow(JsonNode bill) {
    int seen = 0;
    for (JsonNode component : bill.path("components")) {
      if (!component.path("group").asText().equals("io.cipherstream")) {
        Set<String> licences = new HashSet<>();
        for (JsonNode licence : component.path("licenses")) {
          JsonNode named = licence.path("license");
          licences.add(named.path("id").asText(named.path("name").asText()));
        }
        assertThat(licences)
            .as(component.path("name").asText() + " " + component.path("version").asText())
            .anyMatch(ALLOWED::contains);
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(50);
  }

  /** SEAL, and by its SHA-256 every archive in that folder that is not ours. */
  static void assertNamesAll(JsonNode bill, Path folder)
      throws IOException, GeneralSecurityException {
    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bill.path("components").findValuesAsText("name")).contains("SEAL");
    Set<String> digests = new HashSet<>();
    for (JsonNode hash : bill.path("components").findValues("hashes")) {
      hash.forEach(each -> digests.add(each.path("content").asText()));
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".jar") && !name.startsWith("cipherstream-")) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
          assertThat(digests).as(name).contains(HexFormat.of().formatHex(digest));
        }
      }
    }
  }
}
