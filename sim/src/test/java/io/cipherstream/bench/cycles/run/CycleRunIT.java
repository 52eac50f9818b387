package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.bench.cycles.report.CycleMeasurement;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Simulation;
import io.cipherstream.bench.cycles.report.CyclePage;
import io.cipherstream.bench.cycles.report.CycleReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole quick run on the smallest Verilated image. */
@Tag("hardware")
class CycleRunIT {

  private static final String CONFIGURATION = "sim-small";
  private static final Path ROOT =
      Path.of(System.getProperty("cipherstream.root", "..")).toAbsolutePath().normalize();

  /** Largest part by which a prediction may be off. */
  private static final double ERROR_MAX = 0.03;

  @TempDir private Path folder;

  private CycleReport run() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dcipherstream.images=" + ROOT.resolve("target/images"));
    command.add(CycleRunMain.class.getName());
    command.addAll(
        List.of(
            CONFIGURATION,
            ROOT.resolve("bitstreams").toString(),
            folder.resolve("out").toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("CIPHERSTREAM_SIM_"));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("OCL_ICD_VENDORS", ROOT.resolve("target/sim/vendors").toString());
    builder
        .environment()
        .put("CIPHERSTREAM_SIM_STATS", folder.resolve("statistics.jsonl").toString());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return CycleReport.FILE.read(folder.resolve("out").resolve(CycleReport.FILE.name()));
  }

  @Test
  void wordsAreRightAndCyclesAndBytesAreAsPredicted() throws Exception {
    CycleReport report = run();
    assertThat(report.differentWords()).isZero();
    assertThat(report.measurements()).hasSize(CasePrograms.of(1024, true).size());
    for (CycleMeasurement m : report.measurements()) {
      assertThat(m.notSimulated()).as("%s", m.what()).isNull();
      Simulation s = Objects.requireNonNull(m.simulated());
      assertThat(m.error()).as("%s", m.what()).isCloseTo(0, within(ERROR_MAX));
      assertThat(s.counts().rows()).isEqualTo(m.predicted().rows());
      assertThat(s.counts().beats()).isEqualTo(m.predicted().beats());
      m.predicted()
          .bytes()
          .forEach(
              (port, bytes) ->
                  assertThat(s.counts().bytes()).as("%s", m.what()).containsEntry(port, bytes));
      assertThat(s.counts().cycles()).isGreaterThanOrEqualTo(m.bound());
    }
    assertThat(Files.size(folder.resolve("out").resolve(CyclePage.NAME))).isPositive();
  }
}
