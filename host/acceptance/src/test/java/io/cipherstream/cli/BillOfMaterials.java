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

  private BillOfMaterials() {}

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
