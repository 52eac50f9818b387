package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need no appliance. */
@Tag("native")
@Tag("slow")
class LocalCommandsIT {

  @TempDir private static Path home;
  private static Programs programs;

  @BeforeAll
  static void start() throws IOException {
    programs = new Programs(home).inOneProcess();
  }

  @AfterAll
  static void stop() {
    programs.close();
  }

  /** Of a command, a group's command, and one that the launcher does itself. */
  @ParameterizedTest
  @ValueSource(strings = {"serve", "model import", "setup"})
  void aCommandHasHelp(String command) throws Exception {
    String[] words = (command + " --help").split(" ", -1);
    Programs.Finished help = new Programs(home).run(words);
    assertThat(help.exitCode()).as(help.err()).isZero();
    assertThat(help.out()).contains("Usage:");
  }

  @Test
  void doctorFindsTheBuildInOrder() throws Exception {
    Programs.Finished doctor = new Programs(home).run("doctor", "--json");
    assertThat(doctor.exitCode()).as(doctor.out()).isZero();
    JsonNode json = doctor.json().get(0);
    assertThat(json.path("ok").asBoolean()).isTrue();
    assertThat(json.path("checks"))
        .extracting(check -> check.path("check").asText())
        .contains("Java", "client library", "SEAL", "memory", "data folder", "models", "appliance");
  }

  @Test
  void doctorFindsADamagedModel(@TempDir Path own) throws Exception {
    Path model = own.resolve("models/broken");
    Path source = programs.root().resolve("deploy/models/sst2-tiny");
    Files.createDirectories(model);
    String manifest = Files.readString(source.resolve("manifest.json"));
    Files.writeString(
        model.resolve("manifest.json"), manifest.replace("\"sst2-tiny\"", "\"broken\""));
    Programs.Finished doctor = new Programs(own).run("doctor");
    assertThat(doctor.exitCode()).isEqualTo(ExitCodes.CHECK_FAILED);
    assertThat(doctor.out()).contains("FAULT").contains("models");
  }

  @Test
  void aModelThatCannotBeReadIsNamedBesideTheOthers(@TempDir Path own) throws Exception {
    Path model = Files.createDirectories(own.resolve("models/broken"));
    Files.writeString(model.resolve("manifest.json"), "{");
    Programs.Finished list = new Programs(own).run("model", "list", "--json");
    assertThat(list.exitCode()).as(list.err()).isZero();
    assertThat(list.err()).contains("model broken: ");
    assertThat(list.json())
        .extracting(m -> m.path("name").asText())
        .contains("sst2-tiny")
        .doesNotContain("broken");
  }

  @Test
  void inspectShowsWhatAPlanNeeds() throws Exception {
    Programs.Finished text = programs.run("model", "inspect", "sst2-tiny", "--rounds");
    assertThat(text.exitCode()).as(text.err()).isZero();
    assertThat(text.out())
        .contains("rotation steps")
        .contains("relinearisation at")
        .contains("128-bit security")
        .contains("rounds of paper with 32 tokens");
    JsonNode json = programs.run("model", "inspect", "sst2-tiny", "--json").json().get(0);
    assertThat(json.path("plans")).hasSize(6);
    assertThat(json.path("plans").path(0).path("costs").path("rounds").asInt()).isPositive();
  }

  @Test
  void simulateEqualsPlaintext() throws Exception {
    Path data = home.resolve("d.tsv");
    Files.writeString(data, "sentence\tlabel\na charming journey\tpositive\nboring\tnegative\n");
    for (String mode : List.of("sealed", "paper", "compact")) {
      Programs.Finished done =
          programs.run(
              "evaluate",
              "--data",
              data.toString(),
              "--engine",
              "simulate",
              "--mode",
              mode,
              "--json");
      assertThat(done.exitCode()).as(done.err()).isZero();
      JsonNode summary = done.json().get(2);
      assertThat(summary.path("examples").asInt()).isEqualTo(2);
      assertThat(summary.path("agreement").asDouble()).isEqualTo(1.0);
      assertThat(summary.path("maxLogitError").asDouble()).isLessThan(1e-9);
    }
  }

  /** The bound is some 10 times what is measured; without noise the difference is below 1e-9. */
  @Test
  void simulateWithNoiseIsNearPlaintextButNotEqual() throws Exception {
    Path data = home.resolve("d.tsv");
    Files.writeString(data, "sentence\tlabel\na charming journey\tpositive\nboring\tnegative\n");
    String[] evaluate = {
      "evaluate",
      "--data",
      data.toString(),
      "--engine",
      "simulate",
      "--noise",
      "--mode",
      "sealed",
      "--json"
    };
    Programs.Finished done = programs.run(evaluate);
    assertThat(done.exitCode()).as(done.err()).isZero();
    double error = done.json().get(2).path("maxLogitError").asDouble();
    assertThat(error).isBetween(1e-7, 1e-2);
  }

  @Test
  void rowsAreLeftOutAndTextsCutByChoiceAndCounted() throws Exception {
    Path data = home.resolve("d.tsv");
    Files.writeString(
        data,
        "sentence\tlabel\ngood\t1\nno label\n\uFFFD fine\t1\n"
            + "long ".repeat(80)
            + "\t0\nbad\t-\n");
    String[] evaluate = {
      "evaluate", "--data", data.toString(), "--engine", "plaintext", "--json", "--skip-bad-rows"
    };
    Programs.Finished skipped = programs.run(evaluate);
    assertThat(skipped.exitCode()).as(skipped.err()).isZero();
    assertThat(skipped.err()).contains("line 3").contains("line 5").contains("line 6");
    JsonNode summary = skipped.json().get(2);
    assertThat(summary.path("examples").asInt()).isEqualTo(2);
    assertThat(summary.path("engine").asText()).isEqualTo("plaintext");
    assertThat(summary.path("badRows").path("count").asInt()).isEqualTo(3);
    assertThat(summary.path("badRows").path("reasons").toString())
        .isEqualTo("{\"label\":1,\"row\":1,\"too-long\":1}");
    String[] cutting = Arrays.copyOf(evaluate, evaluate.length + 1);
    cutting[evaluate.length] = "--truncate";
    Programs.Finished cut = programs.run(cutting);
    assertThat(cut.exitCode()).as(cut.err()).isZero();
    summary = cut.json().get(3);
    assertThat(summary.path("examples").asInt()).isEqualTo(3);
    assertThat(summary.path("textsCut").asInt()).isEqualTo(1);
    assertThat(summary.path("tokensLeftOut").asInt()).isEqualTo(18);
    assertThat(cut.json().get(2).path("tokens").asInt()).isEqualTo(64);
  }

  @Test
  void seedDrawsTheSameSampleEveryTime() throws Exception {
    Path data = home.resolve("d.tsv");
    StringBuilder rows = new StringBuilder("sentence\tlabel\n");
    for (int i = 0; i < 20; i++) {
      rows.append("sentence number ").append(i).append("\t0\n");
    }
    Files.writeString(data, rows);
    String[] arguments = {
      "evaluate",
      "--data",
      data.toString(),
      "--engine",
      "plaintext",
      "--limit",
      "3",
      "--seed",
      "5",
      "--json"
    };
    List<JsonNode> first = programs.run(arguments).json();
    List<JsonNode> second = programs.run(arguments).json();
    assertThat(first).hasSize(4);
    assertThat(first.subList(0, 3))
        .extracting(e -> e.path("line").asInt())
        .isNotEqualTo(List.of(2, 3, 4))
        .isEqualTo(second.subList(0, 3).stream().map(e -> e.path("line").asInt()).toList());
  }

  @Test
  void openClDevicesAreListedAndComputeWhatTheInterpreterDoes() throws Exception {
    // A driver of OpenCL takes signals for itself: each command has a process of its own.
    Programs alone = new Programs(home);
    Programs.Finished list = alone.run("opencl", "list", "--json");
    assertThat(list.exitCode()).as(list.err()).isZero();
    assertThat(list.json()).isNotEmpty();
    String engine = list.json().get(0).path("engine").asText();
    assertThat(engine).startsWith("opencl:");
    Programs.Finished check =
        alone.run(
            "opencl",
            "check",
            "--engine",
            engine,
            "--degree",
            "1024",
            "--instructions",
            "300",
            "--seed",
            "7",
            "--json");
    assertThat(check.exitCode()).as(check.err()).isZero();
    assertThat(check.json().get(0).path("engine").asText()).isEqualTo(engine);
    Programs.Finished unknown = alone.run("opencl", "check", "--engine", "opencl:nosuch");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILURE);
    assertThat(unknown.err()).contains("nosuch").contains(engine);
  }
}
