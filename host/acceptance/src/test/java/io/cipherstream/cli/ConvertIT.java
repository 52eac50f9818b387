package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelSource;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.StageEnd;
import io.cipherstream.workflow.report.StageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The miniature from the command line: trained, exported, run encrypted, resumed, compared. */
@Tag("slow")
@Tag("training")
class ConvertIT {

  private static final long SECONDS_MAX = 300;

  /** The fewest with which the exact model learns the task. */
  private static final String EPOCHS = "exact=10,attention=1,norms=0.2,thex=1";

  @TempDir private static Path home;
  private static Programs programs;
  private static Path work;
  private static Programs.Finished converted;

  @BeforeAll
  static void convert() throws Exception {
    programs = new Programs(home);
    work = home.resolve("work");
    converted = miniature(work, "mini", EPOCHS, "--also", "exact");
  }

  private static Programs.Finished miniature(
      Path folder, String name, String epochs, String... more) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of("convert", "miniature", "--work", "" + folder, "--name", name, "--json"));
    all.addAll(List.of("--threads", "1", "--no-polynomial", "--epochs", epochs));
    all.addAll(List.of("--check-sentences", "1"));
    all.addAll(List.of(more));
    return programs.run(all.toArray(String[]::new));
  }

  private static Path model(String name) {
    return home.resolve("models").resolve(name);
  }

  @Test
  void everyStageIsInTheReportAndEveryCheckHolds() throws IOException {
    assertThat(converted.exitCode()).as(converted.err()).isZero();
    JsonNode json = converted.json().get(0);
    assertThat(json.path("variants"))
        .extracting(v -> v.path("name").asText())
        .containsExactly(
            "majority",
            "control: bag of word pieces",
            "exact",
            "ReLU + THE-X attention",
            "THE-X, norms alone",
            "full THE-X");
    assertThat(json.path("variants").get(1).path("accuracy").asDouble()).isEqualTo(0.5);
    ConversionReport report = ConversionReport.read(work.resolve("report.json"));
    assertThat(report.header().finished()).isTrue();
    assertThat(report.checks()).hasSize(8).allMatch(AgreementCheck::passed);
    assertThat(report.checks().stream().map(AgreementCheck::what))
        .contains("outputs, encrypted in mode paper", "outputs, encrypted in mode hybrid");
    assertThat(report.stages())
        .extracting(StageRecord::end)
        .allMatch(end -> end == StageEnd.FINISHED || end == StageEnd.EARLY_STOP);
    assertThat(Files.readString(work.resolve("report.html"))).contains("full THE-X");
    assertThat(ConversionReport.read(model("mini").resolve("report.json"))).isEqualTo(report);
  }

  @Test
  void thePackageSaysWhatItIs() {
    ModelManifest manifest = ModelPackage.open(model("mini")).manifest();
    assertThat(manifest.modes()).containsExactly("paper", "compact");
    assertThat(manifest.parameterSet()).isNotNull();
    assertThat(manifest.ranges().margin()).isEqualTo(1.5);
    assertThat(manifest.source().format()).isEqualTo(ModelSource.CONVERTED);
    assertThat(manifest.shape().labels()).containsExactly("wrong", "right");
    assertThat(model("mini").resolve("NOTICE.txt")).content().contains("trained further");
    assertThat(ModelPackage.open(model("mini-exact")).manifest().modes()).containsExactly("hybrid");
  }

  @Test
  void aSecondCommandTakesWhatIsDone() throws Exception {
    Programs.Finished again = miniature(work, "mini", EPOCHS, "--also", "exact");
    assertThat(again.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(again.err()).contains("remove it first").contains(work.toString());
    Path copy = home.resolve("copy");
    copy(work, copy);
    Programs.Finished other = miniature(copy, "mini2", "exact=10,attention=1,norms=0.3,thex=1");
    assertThat(other.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(other.err())
        .contains("[1/4] exact: done by an earlier run")
        .contains("--redo norms");
    assertThat(model("mini2")).doesNotExist();
  }

  @Test
  void whatLosesMoreThanItsBudgetIsNotExported() throws Exception {
    Path copy = home.resolve("budget");
    copy(work, copy);
    // Steps of that size leave nothing of a model, whatever the exact one has learned here.
    String rate = "attention=0.3";
    String[] more = {"--redo", "attention", "--budget", "1", "--learning-rate", rate};
    Programs.Finished lost = miniature(copy, "lost", "exact=10,attention=0.2,norms=0,thex=0", more);
    assertThat(lost.exitCode()).as(lost.err()).isEqualTo(ExitCodes.LOST_TOO_MUCH);
    assertThat(lost.json().get(0).path("refused").asText()).contains("--budget allows 1.0");
    assertThat(model("lost")).doesNotExist();
    ConversionReport report = ConversionReport.read(copy.resolve("report.json"));
    assertThat(report.stages()).extracting(StageRecord::end).contains(StageEnd.LOST_TOO_MUCH);
    Programs.Finished compared =
        programs.run(
            "convert", "compare", "" + work, "" + copy.resolve("report.json"), "--out", "" + home);
    assertThat(compared.exitCode()).as(compared.err()).isZero();
    assertThat(compared.out()).contains("full THE-X, accuracy").contains("--redo");
    assertThat(home.resolve("comparison.html")).exists();
  }

  @Test
  void anInterruptedConversionGoesOn() throws Exception {
    Path folder = home.resolve("interrupted");
    Path err = home.resolve("interrupted.err");
    String[] command = {
      "convert",
      "miniature",
      "--work",
      "" + folder,
      "--out",
      "" + home.resolve("resumed"),
      "--threads",
      "1",
      "--no-polynomial",
      "--limit",
      "1280",
      "--check-sentences",
      "0",
      "--epochs",
      "exact=15,attention=0.2,norms=0,thex=0.2",
      "--patience",
      "1000"
    };
    Process process = programs.start(home.resolve("interrupted.out"), err, command);
    Path begun = folder.resolve("seed-1/1-exact/fingerprint");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (!Files.exists(begun)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).as(Files.readString(err)).isFalse();
    }
    process.destroy();
    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + 15);
    assertThat(Files.readString(err)).contains("the same command goes on from there");
    ConversionReport stopped = ConversionReport.read(folder.resolve("report.json"));
    assertThat(stopped.header().finished()).isFalse();
    assertThat(stopped.stages()).extracting(StageRecord::end).containsExactly(StageEnd.INTERRUPTED);
    Programs.Finished resumed = programs.run(command);
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(home.resolve("resumed/report.json")).exists();
    assertThat(resumed.out()).contains("full THE-X");
  }

  @Test
  void reportsThatCannotBeComparedAreRefused() throws Exception {
    Programs.Finished one = programs.run("convert", "compare", "" + work, "" + home);
    assertThat(one.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(one.err()).contains("no report");
    Path broken = Files.writeString(home.resolve("broken.json"), "{}");
    Programs.Finished two = programs.run("convert", "compare", "" + work, "" + broken);
    assertThat(two.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(two.err()).contains("schemaVersion");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
