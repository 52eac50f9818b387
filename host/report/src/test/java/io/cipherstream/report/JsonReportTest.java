package io.cipherstream.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report comes back as it was, and what is none is refused with its reason. */
class JsonReportTest {

  private static final JsonReport<Tally> FORMAT =
      new JsonReport<>("a tally", Tally.class, 3, "count again");

  @TempDir private Path folder;
  private Path file;

  record Tally(int schemaVersion, List<Entry> entries) {}

  record Entry(String name, long count, double share) {}

  @BeforeEach
  void place() {
    file = folder.resolve("tally.json");
  }

  @Test
  void aReportComesBackAsItWas() throws IOException {
    Tally tally = new Tally(3, List.of(new Entry("a", 1L << 60, Double.NaN)));
    Files.write(file, JsonReport.bytes(tally));
    assertThat(FORMAT.read(file)).isEqualTo(tally);
    assertThat(JsonReport.line(tally))
        .isEqualTo(
            "{\"schemaVersion\":3,\"entries\":[{\"name\":\"a\",\"count\":1152921504606846976,"
                + "\"share\":\"NaN\"}]}");
  }

  @Test
  void whatIsNoReportIsRefusedWithItsReason() {
    refused("", "is not a tally: it has no schemaVersion");
    refused("[1, 2]", "has no schemaVersion");
    refused("no json", "is not a tally: ");
    refused("{\"schemaVersion\": 2}", "schema version 2, expected 3: count again");
    refused("{\"schemaVersion\": 3}", "entries");
    refused("{\"schemaVersion\": 3, \"entries\": [], \"more\": 1}", "more");
    refused("{\"schemaVersion\": 3, \"schemaVersion\": 3}", "Duplicate field 'schemaVersion'");
    refused("{\"schemaVersion\": 3, \"entries\": []} x", "is not a tally");
    refused(
        "{\"schemaVersion\": 3, \"entries\": [{\"name\": \"a\", \"count\": 1.5, \"share\": 0}]}",
        "entries[0].count: ");
    refused(
        "{\"schemaVersion\": 3, \"entries\": [{\"name\": \"a\", \"count\": null, \"share\": 0}]}",
        "entries[0].count: ");
  }

  @Test
  void aFileThatCannotBeReadIsSaid() throws IOException {
    assertThatThrownBy(() -> FORMAT.read(file)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> FORMAT.read(folder)).hasMessageContaining("cannot be read");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(JsonReport.BYTES_MAX + 1);
    }
    assertThatThrownBy(() -> FORMAT.read(file)).hasMessageContaining("is larger than");
  }

  private void refused(String json, String reason) {
    assertThatThrownBy(
            () -> {
              Files.writeString(file, json);
              FORMAT.read(file);
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }
}
