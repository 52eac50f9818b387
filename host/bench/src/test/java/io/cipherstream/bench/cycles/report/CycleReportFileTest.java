package io.cipherstream.bench.cycles.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.bench.report.BenchException;
import io.cipherstream.report.JsonReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CycleReportFileTest {

  @TempDir private Path folder;

  @Test
  void aReportComesBackAsItWas() {
    CycleReport report =
        CycleReports.of(
            CycleReports.simulated(CycleReports.BATCH, 212_992, 217_416, 217_463, true),
            CycleReports.predicted(CycleReports.PRODUCT, 4_718_592, 4_911_457));
    Path file = folder.resolve(CycleReport.FILE.name());
    CycleReport.FILE.write(report, file);
    assertThat(CycleReport.FILE.read(file)).isEqualTo(report);
    assertThat(JsonReport.line(report)).startsWith("{").doesNotContain("\n");
  }

  @Test
  void aReportOfTheOtherKindIsRefused() throws IOException {
    String other = "{\"schemaVersion\": " + CycleReport.SCHEMA_VERSION + ", \"load\": 2}";
    Path file = Files.writeString(folder.resolve("x.json"), other);
    assertThatThrownBy(() -> CycleReport.FILE.read(file))
        .isInstanceOfSatisfying(
            BenchException.class, e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.REPORT))
        .hasMessageContaining("is not a report");
  }

  @Test
  void figuresFollowFromTheCounts() {
    CycleMeasurement m = CycleReports.simulated(CycleReports.BATCH, 90, 110, 100, true);
    assertThat(m.cycles()).isEqualTo(100);
    assertThat(m.utilisation()).isEqualTo(0.9);
    assertThat(m.error()).isCloseTo(0.1, org.assertj.core.api.Assertions.within(1e-12));
    CycleMeasurement p = CycleReports.predicted(CycleReports.PRODUCT, 90, 120);
    assertThat(p.cycles()).isEqualTo(120);
    assertThat(p.error()).isNaN();
  }
}
