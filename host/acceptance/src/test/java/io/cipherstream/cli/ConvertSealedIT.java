package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.StageEnd;
import io.cipherstream.workflow.report.StageRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sealed miniature with edges in place of neurons, from the command line: trained, reported,
 * packed, checked encrypted.
 */
@Tag("slow")
@Tag("training")
class ConvertSealedIT {

  @TempDir private static Path home;

  @Test
  void aSealedModelIsReportedPackedAndCheckedEncrypted() throws Exception {
    Programs programs = new Programs(home);
    Path work = home.resolve("work");
    String[] command = {
      "convert",
      "miniature",
      "--sealed",
      "--spec",
      "CQ",
      "--ffn",
      "kan",
      "--activation",
      "silu",
      "--name",
      "mini",
      "--work",
      "" + work,
      "--limit",
      "400",
      "--epochs",
      "exact=1",
      "--seeds",
      "3,4",
      "--threads",
      "1",
      "--check-sentences",
      "1",
      "--json"
    };
    Programs.Finished made = programs.run(command);
    assertThat(made.exitCode()).as(made.err()).isZero();
    JsonNode json = made.json().get(0);
    assertThat(json.path("variants"))
        .extracting(v -> v.path("name").asText() + " " + v.path("seed"))
        .containsExactly(
            "majority 0",
            "control: bag of word pieces 0",
            "exact 3",
            "sealed CQ-kan2 3",
            "sealed CQ-kan2 4");
    assertThat(json.path("trials")).hasSize(2);
    ConversionReport report = ConversionReport.read(work.resolve("report.json"));
    assertThat(report.header().finished()).isTrue();
    assertThat(report.normalizer()).as("a sealed model has no T").isNull();
    assertThat(report.stages())
        .allMatch(s -> s.end() == StageEnd.FINISHED && !s.curve().isEmpty())
        .extracting(StageRecord::name)
        .containsExactly(
            "exact",
            "sealed CQ-kan2, train",
            "sealed CQ-kan2, harden",
            "sealed CQ-kan2, train",
            "sealed CQ-kan2, harden");
    assertThat(report.checks()).hasSize(2).allMatch(AgreementCheck::passed);
    assertThat(report.checks())
        .extracting(AgreementCheck::what)
        .containsExactly("outputs, simulated in mode sealed", "outputs, encrypted in mode sealed");
    assertThat(report.ranges()).hasSize(4);
    assertThat(report.notes()).anyMatch(n -> n.startsWith("Kept: sealed CQ-kan2, seed"));
    assertThat(report.notes())
        .as("what the functions of the layer were")
        .anyMatch(n -> n.contains("layer 1: the feed-forward network began with silu, degree 2"));
    assertThat(Files.readString(work.resolve("report.html")))
        .contains("sealed CQ-kan2")
        .contains("began with silu");
    Path folder = home.resolve("models").resolve("mini");
    assertThat(ConversionReport.read(folder.resolve("report.json"))).isEqualTo(report);
    assertThat(SealedPackage.of(ModelPackage.open(folder)).manifest().certificate()).isNotNull();

    assertThat(programs.run("model", "inspect", "mini").out())
        .contains("sealed spec CQ-kan2, 4 levels")
        .contains("layer 1 began as silu, degree 2 on -8.00 to 8.00, minimax by normal density");

    Programs.Finished again = programs.run(command);
    assertThat(again.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(again.err()).contains("remove it first");
  }
}
