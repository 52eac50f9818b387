package io.cipherstream.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.report.Variant.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccuracyReportTest {

  @TempDir private Path folder;

  private static Variant variant(Role role, String name, double accuracy, double matthews) {
    return new Variant(
        role,
        name,
        role == Role.CONVERTED ? 7 : 0,
        role == Role.CONVERTED ? 125 : 3,
        List.of(
            new Score("accuracy", accuracy, 0.01), new Score("matthews", matthews, Double.NaN)));
  }

  private static AccuracyReport report(boolean chosenOnDev) {
    return AccuracyReport.of(
        "a <task>",
        new AccuracyReport.Data(950, 50, 872, 3, chosenOnDev),
        List.of(
            variant(Role.MAJORITY, "majority", 0.509, Double.NaN),
            variant(Role.CONTROL, "control", 0.812, 0.6),
            variant(Role.EXACT, "exact", 0.893, 0.8),
            variant(Role.CONVERTED, "full <THE-X>", 0.8951, 0.79),
            variant(Role.CONVERTED, "polynomial", 0.829, 0.65)),
        List.of("one seed"));
  }

  @Test
  void thePageShowsEveryFigureWithItsErrorAndEscapes() throws IOException {
    AccuracyFiles.write(report(false), folder);
    Document page = Jsoup.parse(folder.resolve(AccuracyFiles.HTML).toFile());
    assertThat(page.select("h1").text()).isEqualTo("Accuracy on a <task>");
    assertThat(page.select("thead th").eachText())
        .contains("seed", "accuracy", "matthews", "from exact", "training");
    List<Element> rows = page.select("tbody tr");
    assertThat(rows).hasSize(5);
    assertThat(rows.get(0).text()).isEqualTo("majority 50.9 ± 1.0 not defined 3 s");
    assertThat(rows.get(2).text()).isEqualTo("exact 89.3 ± 1.0 80.0 3 s above the control");
    assertThat(rows.get(3).text())
        .isEqualTo("full <THE-X> 7 89.5 ± 1.0 79.0 +0.2 ± 1.4 2 min 5 s above the control");
    assertThat(rows.get(4).text())
        .contains("-6.4 ± 1.4")
        .endsWith("not distinguishable from the control");
    assertThat(page.text())
        .contains("Nothing was chosen by looking at the development set")
        .contains("3 of its texts stand in the training file too")
        .contains("one seed");
  }

  @Test
  void aChoiceOnDevIsSaid() {
    assertThat(AccuracyFiles.page(report(true)))
        .contains("Something was chosen by looking at the development set")
        .doesNotContain("Nothing was chosen");
  }

  @Test
  void theJsonFileReadsBack() throws IOException {
    AccuracyReport report = report(false);
    AccuracyFiles.write(report, folder);
    assertThat(AccuracyFiles.read(folder.resolve(AccuracyFiles.JSON))).isEqualTo(report);
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(AccuracyFiles.JSON, AccuracyFiles.HTML);
    }
  }

  @Test
  void filesThatAreNoReport() throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{\"schemaVersion\": 1}");
    assertThatThrownBy(() -> AccuracyFiles.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not an accuracy report");
    AccuracyFiles.write(report(false), folder);
    Path json = folder.resolve(AccuracyFiles.JSON);
    Files.writeString(
        json, Files.readString(json).replace("\"schemaVersion\" : 1", "\"schemaVersion\" : 2"));
    assertThatThrownBy(() -> AccuracyFiles.read(json))
        .hasMessageContaining("schema version 2: this program reads 1");
  }

  @Test
  void everyReportShowsMajorityAndControlAndTheSameScores() {
    AccuracyReport.Data data = new AccuracyReport.Data(1, 1, 1, 0, false);
    Variant majority = variant(Role.MAJORITY, "majority", 0.5, 0);
    Variant control = variant(Role.CONTROL, "control", 0.5, 0);
    assertThatThrownBy(() -> AccuracyReport.of("t", data, List.of(majority), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without CONTROL");
    Variant other = new Variant(Role.EXACT, "exact", 1, 1, List.of(new Score("pearson", 0.5, 0.1)));
    assertThatThrownBy(
            () -> AccuracyReport.of("t", data, List.of(majority, control, other), List.of()))
        .hasMessageContaining("exact has scores [pearson]: expected [accuracy, matthews]");
    assertThatThrownBy(() -> new Variant(Role.EXACT, "exact", 1, 1, List.of()))
        .hasMessageContaining("at least one score");
  }
}
