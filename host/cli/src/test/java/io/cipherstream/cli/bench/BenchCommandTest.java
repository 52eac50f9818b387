package io.cipherstream.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchReport;
import io.cipherstream.bench.report.BenchSettings;
import io.cipherstream.bench.report.MachineFacts;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.report.Samples;
import io.cipherstream.cli.Main;
import io.cipherstream.cli.base.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {

  @TempDir private Path folder;
  @RegisterExtension private final CaughtOutput caught = new CaughtOutput();

  private String report(String name, String cpu, double... samples) {
    BenchCase rotate =
        new BenchCase(BenchCase.Kind.OPERATION, "rotate", "seal-limb", "n8192", 4, 1);
    List<Double> all = java.util.Arrays.stream(samples).boxed().toList();
    Path file = folder.resolve(name);
    BenchReport.FILE.write(
        new BenchReport(
            BenchReport.SCHEMA_VERSION,
            "2026-01-02T03:04:05Z",
            1,
            new MachineFacts(cpu, 2, List.of(), 1, "Linux", "17", null),
            0,
            0,
            Map.of(),
            BenchSettings.QUICK,
            List.of(),
            List.of(),
            List.of(new Measurement(rotate, "µs", Samples.of(all), null, null, null)),
            List.of()),
        file);
    return file.toString();
  }

  @Test
  void compareShowsRatiosAndExitsByThem() {
    String a = report("a.json", "cpu", 100, 101, 99);
    String b = report("b.json", "cpu", 150, 151, 149);
    assertThat(Main.run("bench", "compare", a, b)).isEqualTo(ExitCodes.CHECK_FAILED);
    assertThat(caught.text())
        .containsPattern("rotate n8192, 4 limbs +seal-limb +µs +100 +150 +1.50 +SLOWER")
        .contains("1 cases compared: 0 faster, 1 slower");
    assertThat(Main.run("bench", "compare", b, a, "--json")).isEqualTo(ExitCodes.OK);
    assertThat(caught.text()).contains("\"verdict\":\"faster\"");
  }

  @Test
  void otherMachinesAreComparedOnlyByForce() {
    String a = report("a.json", "one cpu", 100);
    String b = report("b.json", "another cpu", 100);
    assertThat(Main.run("bench", "compare", a, b)).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(caught.text()).contains("one cpu and another cpu").contains("--force");
    assertThat(Main.run("bench", "compare", "--force", a, b)).isEqualTo(ExitCodes.OK);
  }

  @Test
  void whatIsNoReportIsBadInput() throws IOException {
    String good = report("a.json", "cpu", 1);
    Path bad = Files.writeString(folder.resolve("bad.json"), "{\"schemaVersion\":7}");
    assertThat(Main.run("bench", "compare", good, bad.toString())).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(caught.text()).contains("schema version 7, expected 1");
    assertThat(Main.run("bench", "compare", good, folder.resolve("none").toString()))
        .isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(caught.text()).contains("no file");
  }

  @Test
  void anUnknownEngineIsAUsageErrorThatListsTheKnownOnes() {
    assertThat(Main.run("bench", "--engine", "abacus", "--out", folder.toString()))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(caught.text()).contains("engine 'abacus'").contains("plain-seal, seal-hexl, seal,");
  }

  @Test
  void aFolderThatCannotBeWrittenFailsAtOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThat(
            Main.run("bench", "--engine", "java", "--quick", "--out", file.resolve("x").toString()))
        .isEqualTo(ExitCodes.FAILURE);
    assertThat(caught.text()).contains("cannot write to").contains("--out");
  }
}
