package io.cipherstream.cli.advisories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Advisories are found by Maven's order of versions, and nothing else is reported. */
class AdvisoriesCommandTest {

  private static final String BILL =
      """
      {"bomFormat":"CycloneDX","components":[
       {"name":"a","purl":"pkg:maven/org.example/a@4.2.9.Final?type=jar"},
       {"name":"b","purl":"pkg:maven/org.example/b@2.0-rc1?type=jar"},
       {"name":"own","purl":"pkg:maven/io.cipherstream/own@1.0?type=jar"},
       {"name":"SEAL","version":"4.1.2"}]}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void bill() throws IOException {
    Files.writeString(folder.resolve("bom.json"), BILL);
    Files.createDirectory(folder.resolve("osv"));
  }

  @Test
  void aLibraryWithinARangeIsReportedWithTheVersionThatMendsIt() throws Exception {
    range("T-1", "org.example:a", "{\"introduced\":\"4.2.0\"},{\"fixed\":\"4.2.10.Final\"}");
    assertThat(run("--json")).isEqualTo(ExitCodes.CHECK_FAILED);
    JsonNode found = Json.MAPPER.readTree(out.toString());
    assertThat(found.path("advisory").asText()).isEqualTo("T-1");
    assertThat(found.path("library").asText()).isEqualTo("org.example:a");
    assertThat(found.path("version").asText()).isEqualTo("4.2.9.Final");
    assertThat(found.path("fixed").get(0).asText()).isEqualTo("4.2.10.Final");
    assertThat(err.toString()).contains("2 libraries").contains("not compared: [SEAL 4.1.2]");
  }

  /** Advisories of Maven have ranges of their repository's commits, too. */
  @Test
  void aCommitIsNoVersionThatMendsIt() throws Exception {
    advisory(
        "T-1",
        "Maven",
        "org.example:a",
        "\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"c0ffee\"}]},"
            + "{\"type\":\"ECOSYSTEM\",\"events\":"
            + "[{\"introduced\":\"0\"},{\"fixed\":\"4.3.0\"}]}]",
        "");
    assertThat(run()).isEqualTo(ExitCodes.CHECK_FAILED);
    assertThat(out.toString()).contains("fixed in [4.3.0]");
  }

  @Test
  void whatIsOutsideIsNot() throws Exception {
    range("T-1", "org.example:a", "{\"introduced\":\"0\"},{\"fixed\":\"4.2.9.Final\"}");
    range("T-2", "org.example:a", "{\"introduced\":\"4.2.10\"}");
    range("T-3", "org.example:a", "{\"introduced\":\"0\"},{\"last_affected\":\"4.2.8\"}");
    range("T-4", "org.example:c", "{\"introduced\":\"0\"}");
    range("T-5", "io.cipherstream:own", "{\"introduced\":\"0\"}");
    advisory("T-6", "npm", "org.example:a", "\"versions\":[\"4.2.9.Final\"]", "");
    advisory(
        "T-7", "Maven", "org.example:a", "\"versions\":[\"4.2.9.Final\"]", ",\"withdrawn\":\"x\"");
    assertThat(run()).as(out.toString()).isEqualTo(ExitCodes.OK);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("7 advisories: 0 concern");
  }

  @Test
  void theLastEventThatIsNotLaterDecides() throws Exception {
    String events =
        "{\"introduced\":\"2.0\"},{\"fixed\":\"2.0.1\"},{\"introduced\":\"0\"},{\"fixed\":\"1.9\"}";
    range("T-1", "org.example:b", events); // a candidate is before its release
    assertThat(run()).isEqualTo(ExitCodes.OK);
    range("T-2", "org.example:b", "{\"introduced\":\"0\"},{\"last_affected\":\"2.0-rc1\"}");
    advisory("T-3", "Maven", "org.example:b", "\"versions\":[\"2.0-rc1\"]", "");
    assertThat(run()).isEqualTo(ExitCodes.CHECK_FAILED);
    assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.contains("b 2.0-rc1: T-"));
  }

  @Test
  void aZipArchiveIsADatabaseToo() throws Exception {
    range("T-1", "org.example:a", "{\"introduced\":\"0\"}");
    Path zip = folder.resolve("all.zip");
    try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(zip))) {
      archive.putNextEntry(new ZipEntry("T-1.json"));
      archive.write(Files.readAllBytes(folder.resolve("osv/T-1.json")));
    }
    assertThat(run(zip)).isEqualTo(ExitCodes.CHECK_FAILED);
    assertThat(out.toString()).contains("T-1", "no fixed version");
  }

  @Test
  void whatIsNoDatabaseAndNoBillIsRefused() throws Exception {
    assertThat(run()).as("empty").isEqualTo(ExitCodes.BAD_INPUT);
    Files.writeString(folder.resolve("osv/x.json"), "{\"id\":");
    assertThat(run()).as("no JSON").isEqualTo(ExitCodes.BAD_INPUT);
    Files.writeString(folder.resolve("osv/x.json"), "{\"id\":\"x\"}");
    assertThat(run()).as("no OSV").isEqualTo(ExitCodes.BAD_INPUT);
    Path zip = Files.writeString(folder.resolve("no.zip"), "nothing", StandardCharsets.US_ASCII);
    assertThat(run(zip)).as("no archive").isEqualTo(ExitCodes.BAD_INPUT);
    Files.writeString(folder.resolve("bom.json"), "{}");
    assertThat(run()).as("no bill").isEqualTo(ExitCodes.BAD_INPUT);
  }

  private void range(String id, String library, String events) throws IOException {
    advisory(
        id,
        "Maven",
        library,
        "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[" + events + "]}]",
        "");
  }

  private void advisory(String id, String ecosystem, String library, String which, String more)
      throws IOException {
    Files.writeString(
        folder.resolve("osv/" + id + ".json"),
        "{\"id\":\""
            + id
            + "\",\"modified\":\"2026-01-01T00:00:00Z\",\"summary\":\"made up\",\"affected\":[{"
            + "\"package\":{\"ecosystem\":\""
            + ecosystem
            + "\",\"name\":\""
            + library
            + "\"},"
            + which
            + "}]"
            + more
            + "}");
  }

  private int run(String... more) {
    return run(folder.resolve("osv"), more);
  }

  private int run(Path database, String... more) {
    CommandLine command = new CommandLine(new AdvisoriesCommand());
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    command.setExitCodeExceptionMapper(new ExitCodes());
    String[] arguments = new String[4 + more.length];
    arguments[0] = "--database";
    arguments[1] = database.toString();
    arguments[2] = "--bom";
    arguments[3] = folder.resolve("bom.json").toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return command.execute(arguments);
  }
}
