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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole quick run on the image that the demo uses. */
@Tag("hardware")
class CycleRunIT {

  private static final String CONFIGURATION = "sim-cluster";
  private static final Path ROOT =
      Path.of(System.getProperty("cipherstream.root", "..")).toAbsolutePath().normalize();

  /** Largest part by which a prediction may be off. */
  private static final double ERROR_MAX = 0.1;

  /** Of the moduli of the ring, N = 8192. */
  private static final long TABLE_BYTES_MAX = 16L * 8192 * Long.BYTES;

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
    assertThat(report.measurements()).hasSize(CasePrograms.of(8192, true).size());
    for (CycleMeasurement m : report.measurements()) {
      System.out.printf(
          Locale.ROOT,
          "%s: %.0f cycles, bound %.0f, predicted %.0f%n",
          m.what(),
          m.cycles(),
          m.bound(),
          m.predicted().cycles());
    }
    for (CycleMeasurement m : report.measurements()) {
      if (m.simulated() == null) {
        assertThat(m.predicted().cycles())
            .as("%s", m.what())
            .isGreaterThan(CycleRun.CYCLES_MAX_QUICK);
        continue;
      }
      Simulation s = Objects.requireNonNull(m.simulated());
      assertThat(m.error()).as("%s", m.what()).isCloseTo(0, within(ERROR_MAX));
      assertThat(s.counts().rows()).isEqualTo(m.predicted().rows());
      assertThat(s.counts().products()).isEqualTo(m.predicted().products());
      Map<String, Long> seen = s.counts().bytes();
      Map<String, Long> said = m.predicted().bytes();
      assertThat(seen.get("WRITTEN")).as("%s", m.what()).isEqualTo(said.get("WRITTEN"));
      assertThat(seen.get("READ") - said.get("READ"))
          .as("%s: root tables, which the prediction leaves out", m.what())
          .isBetween(0L, TABLE_BYTES_MAX);
      assertThat(s.counts().cycles()).isGreaterThanOrEqualTo(m.bound());
    }
    assertThat(Files.size(folder.resolve("out").resolve(CyclePage.NAME))).isPositive();
  }
}
