package io.cipherstream.server.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  @TempDir private Path folder;

  private static AuditEntry entry(String object) {
    return new AuditEntry("a\"b", "laptop", "10.0.0.1", "putKey", object, "ok", "r1");
  }

  @Test
  void anEntryIsALineWithTheseMembersAndNoOthers() throws Exception {
    try (AuditLog log = new AuditLog(folder.resolve("audit"), 2)) {
      log.add(entry("s1"));
      log.add(entry("line\nbreak"));
    }
    List<String> lines = Files.readAllLines(folder.resolve("audit/audit.log"));
    assertThat(lines).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    List<String> names = new ArrayList<>();
    first.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .containsExactly(
            "time", "tenant", "key", "address", "action", "object", "outcome", "request");
    assertThat(first.path("tenant").asText()).isEqualTo("a\"b");
    assertThat(Duration.between(time(first), Instant.now())).isBetween(Duration.ZERO, MINUTE);
    assertThat(new ObjectMapper().readTree(lines.get(1)).path("object").asText())
        .isEqualTo("line\nbreak");
  }

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Instant time(JsonNode entry) {
    return OffsetDateTime.parse(entry.path("time").asText()).toInstant();
  }

  @Test
  void aRestartGoesOnInTheSameFile() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (AuditLog log = new AuditLog(folder, 2)) {
        log.add(entry("s" + i));
      }
    }
    assertThat(Files.readAllLines(folder.resolve("audit.log"))).hasSize(2);
  }

  @Test
  void noDaysMeanNoFile() throws Exception {
    try (AuditLog log = new AuditLog(folder.resolve("audit"), 0)) {
      log.add(entry("s1"));
    }
    assertThat(folder.resolve("audit")).doesNotExist();
  }
}
