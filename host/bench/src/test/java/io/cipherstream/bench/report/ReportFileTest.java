package io.cipherstream.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.report.JsonReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

  @TempDir private Path folder;

  @Test
  void aReportComesBackAsItWas() {
    BenchReport report =
        Reports.of(
            List.of(
                Reports.measured(Reports.rotate("plain-seal"), "ab", 3, 1, 2).withWordsEqual(true),
                Measurement.failed(Reports.rotate("seal-limb"), "out of memory")));
    Path file = folder.resolve("bench.json");
    BenchReport.FILE.write(report, file);
    assertThat(BenchReport.FILE.read(file)).isEqualTo(report);
    assertThat(folder).isDirectoryContaining(path -> path.equals(file));
    assertThat(folder.toFile().list()).containsExactly("bench.json");
  }

  @Test
  void theLineIsOneLine() {
    assertThat(JsonReport.line(Reports.of(List.of()))).startsWith("{").doesNotContain("\n");
  }

  @Test
  void anotherSchemaVersionIsRefusedWithBothNumbers() throws IOException {
    Path file = write("{\"schemaVersion\": 99}");
    assertRefused(file, "schema version 99, expected 1");
  }

  @Test
  void whatIsNoReportIsRefused() throws IOException {
    assertRefused(write("[1, 2]"), "no schemaVersion");
    assertRefused(write("no json"), "is not a report");
    assertRefused(write(""), "no schemaVersion");
    assertRefused(write("{\"schemaVersion\": 1, \"unknown\": 2}"), "is not a report");
    assertRefused(folder.resolve("nowhere.json"), "no file");
    assertRefused(folder, "cannot be read");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamedBeforeAnythingRuns() throws IOException {
    Path file = write("x");
    assertThatThrownBy(() -> OutputFiles.folder(file.resolve("below")))
        .isInstanceOfSatisfying(
            BenchException.class, e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.OUTPUT))
        .hasMessageContaining("cannot write to " + file.resolve("below"))
        .hasMessageContaining("--out");
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> BenchReport.FILE.read(file))
        .isInstanceOfSatisfying(
            BenchException.class, e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.REPORT))
        .hasMessageContaining(message);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("some.json"), text);
  }
}
