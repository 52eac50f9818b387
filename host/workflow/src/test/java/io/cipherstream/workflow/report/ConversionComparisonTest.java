package io.cipherstream.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.workflow.report.ConversionComparison.Cell;
import io.cipherstream.workflow.report.ConversionComparison.ScoreRow;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ConversionComparisonTest {

  private final ConversionReport a = SampleReports.full();
  private final ConversionReport b = SampleReports.of("slower", 0.86, SampleReports.DEV, "sst-2");

  private static ScoreRow row(ConversionComparison comparison, String name, String metric) {
    return comparison.scores().stream()
        .filter(r -> r.name().equals(name) && r.metric().equals(metric))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void scoresStandSideBySideWithPairedDifferences() {
    ConversionComparison comparison = ConversionComparison.of(List.of(a, b));
    ScoreRow row = row(comparison, "full THE-X", "accuracy");
    Cell first = Objects.requireNonNull(row.cells().get(0));
    Cell second = Objects.requireNonNull(row.cells().get(1));
    assertThat(first.fromBaseline()).isNull();
    assertThat(first.seeds()).isEqualTo(3);
    Difference difference = Objects.requireNonNull(second.fromBaseline());
    assertThat(difference.paired()).isTrue();
    assertThat(difference.below()).isTrue();
    assertThat(difference.value()).isEqualTo(second.value() - first.value());
    assertThat(second.differenceText()).startsWith("−").endsWith("*");
    // The same predictions: no difference, and no doubt about it.
    Cell exact = Objects.requireNonNull(row(comparison, "exact", "matthews").cells().get(1));
    assertThat(exact.fromBaseline()).isEqualTo(new Difference(0, 0, true));
  }

  @Test
  void onlyOptionsThatDifferAreListed() {
    ConversionComparison comparison = ConversionComparison.of(List.of(a, b));
    assertThat(comparison.options()).hasSize(1);
    assertThat(comparison.options().get(0).key()).isEqualTo("learning-rate");
    assertThat(comparison.options().get(0).values()).containsExactly("6e-5", "1e-4");
    assertThat(comparison.host()).isEmpty();
    assertThat(comparison.times()).hasSize(5);
    assertThat(comparison.times().get(3).seconds()).containsExactly(95.0, 95.0);
  }

  @Test
  void theTextHasEverySection() {
    String text = ConversionComparison.of(List.of(a, b)).text();
    assertThat(text.lines().toList())
        .contains("Task sst-2", "Options that differ", "  learning-rate   6e-5   1e-4")
        .anyMatch(l -> l.matches(" {2}majority, accuracy +\\d\\d\\.\\d ± \\d\\.\\d .*"))
        .anyMatch(l -> l.matches(" {2}Calibrate +1 min 35 s +1 min 35 s"))
        .noneMatch(l -> l.endsWith(" "));
  }

  @Test
  void withoutPredictionsADifferenceIsMarked() {
    AccuracyTable full = Objects.requireNonNull(b.accuracy());
    AccuracyTable bare =
        new AccuracyTable(
            full.data(),
            null,
            full.variants().stream()
                .map(v -> new Variant(v.role(), v.name(), v.seed(), v.seconds(), v.scores()))
                .toList());
    ConversionComparison comparison = ConversionComparison.of(List.of(a, with(b.header(), bare)));
    assertThat(
            Objects.requireNonNull(row(comparison, "exact", "accuracy").cells().get(1))
                .differenceText())
        .endsWith("(unpaired)");
    assertThat(comparison.remarks()).anyMatch(r -> r.contains("(unpaired)"));
  }

  private static ConversionReport with(ConversionHeader header, AccuracyTable table) {
    return ConversionReport.of(header, table, List.of(), List.of(), null, List.of(), List.of());
  }

  @Test
  void aVariantThatOneLacksLeavesAGap() {
    AccuracyTable full = Objects.requireNonNull(b.accuracy());
    AccuracyTable fewer =
        new AccuracyTable(
            full.data(),
            full.truth(),
            full.variants().stream().filter(v -> !v.name().equals("polynomial")).toList());
    ConversionComparison comparison = ConversionComparison.of(List.of(with(b.header(), fewer), a));
    List<Cell> cells = row(comparison, "polynomial", "f1").cells();
    assertThat(cells.get(0)).isNull();
    assertThat(Objects.requireNonNull(cells.get(1)).fromBaseline()).isNull();
    assertThat(comparison.text()).contains("polynomial, f1");
  }

  @Test
  void otherTasksAndFilesCannotBeCompared() {
    rejected(
        SampleReports.of("n", 0.9, SampleReports.DEV, "qnli"),
        "the task of B (n) is qnli, that of A (minilm-sst2) is sst-2");
    rejected(
        SampleReports.of("n", 0.9, "e".repeat(64), "sst-2"),
        "the SHA-256 of the development file of B (n) is eeee");
    ConversionHeader header =
        SampleReports.header("n", "sst-2", SampleReports.DEV, false, Map.of());
    rejected(ConversionReport.started(header), "B (n) has no accuracy yet");
    AccuracyTable table = Objects.requireNonNull(a.accuracy());
    int[] turned = Objects.requireNonNull(table.truth()).classes();
    turned[0] = 1 - turned[0];
    AccuracyTable other =
        new AccuracyTable(
            table.data(),
            Predictions.ofClasses(List.of("negative", "positive"), turned),
            table.variants().stream()
                .map(v -> new Variant(v.role(), v.name(), v.seed(), v.seconds(), v.scores()))
                .toList());
    rejected(with(header, other), "the answers to the development examples of B (n) are not those");
    ConversionHeader bare =
        new ConversionHeader(
            "n", "sst-2", "m", List.of(), List.of(), Map.of(), Map.of(), "", 1, true);
    rejected(with(bare, table), "B (n) names no development file");
    assertThatThrownBy(() -> ConversionComparison.of(List.of(a)))
        .isInstanceOf(ComparisonException.class)
        .hasMessageContaining("1 reports: a comparison needs 2 to 26");
  }

  private void rejected(ConversionReport other, String message) {
    assertThatThrownBy(() -> ConversionComparison.of(List.of(a, other)))
        .isInstanceOf(ComparisonException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNotFinishedIsSaid() {
    ConversionHeader header =
        SampleReports.header("n", "sst-2", SampleReports.DEV, false, Map.of());
    AccuracyTable table = Objects.requireNonNull(a.accuracy());
    assertThat(ConversionComparison.of(List.of(a, with(header, table))).remarks())
        .contains("B (n) is not finished.");
  }
}
