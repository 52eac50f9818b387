package io.cipherstream.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.report.JsonReport;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.report.Variant.Role;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversionReportTest {

  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("report.json"), content);
  }

  private static String json(ConversionReport report) {
    return new String(JsonReport.bytes(report), StandardCharsets.UTF_8);
  }

  @Test
  void theJsonReadsBackWithEveryValue() throws IOException {
    ConversionReport report = SampleReports.full();
    ConversionReport read = ConversionReport.read(file(json(report)));
    assertThat(read).isEqualTo(report);
    assertThat(read.header().options().keySet())
        .containsExactly("model", "batch", "epochs", "learning-rate");
    assertThat(read.stages().get(0).curve().get(76).loss()).isNaN();
    assertThat(json(read)).isEqualTo(json(report));
  }

  @Test
  void aCurveIsArraysAndWhatIsNotDefinedIsNaN() {
    assertThat(json(SampleReports.full()))
        .contains("[ 1, ")
        .contains("[ 100, \"NaN\", \"NaN\", 0.")
        .doesNotContain("heldOutScore");
  }

  @Test
  void aReportOfAnUnfinishedConversionReadsBack() throws IOException {
    ConversionReport report =
        ConversionReport.started(
            SampleReports.header("x", "sst-2", SampleReports.DEV, false, Map.of()));
    assertThat(ConversionReport.read(file(json(report)))).isEqualTo(report);
  }

  @Test
  void filesThatAreNoReport() throws IOException {
    String good = json(SampleReports.full());
    rejected("{}", "has no schemaVersion");
    rejected("[1, 2", "is not a conversion report");
    rejected(
        good.replaceFirst("\"schemaVersion\" : 1", "\"schemaVersion\" : 2"),
        "schema version 2, expected 1: ");
    rejected(good.replaceFirst("\"task\"", "\"more\" : 1, \"task\""), "more");
    rejected(good.replaceFirst("\"task\" : \"sst-2\",", ""), "task");
    rejected(good.replaceFirst("\"task\"", "\"task\" : \"x\", \"task\""), "Duplicate field 'task'");
    rejected(good.replaceFirst("\"finished\" : true", "\"finished\" : null"), "header.finished: ");
    rejected(
        good.replaceFirst("\"rows\" : 67349", "\"rows\" : -1"),
        "header.files[0]: ",
        "rows of data/train.tsv -1");
    rejected(good + "{}", "railing token");
  }

  private void rejected(String content, String... messages) throws IOException {
    Path file = file(content);
    assertThatThrownBy(() -> ConversionReport.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(messages)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aFileTooLargeIsNotRead() throws IOException {
    Path file = folder.resolve("large.json");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(JsonReport.BYTES_MAX + 1);
    }
    assertThatThrownBy(() -> ConversionReport.read(file)).hasMessageContaining("is larger than");
  }

  @Test
  void everyTableShowsMajorityAndControlAndTheSameScores() {
    ExampleCounts data = new ExampleCounts(1, 1, 4, 0, 0, 0, false);
    Variant majority = plain(Role.MAJORITY, "majority", "accuracy");
    Variant control = plain(Role.CONTROL, "control", "accuracy");
    assertThatThrownBy(() -> new AccuracyTable(data, null, List.of(majority)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without CONTROL");
    Variant other = plain(Role.EXACT, "exact", "pearson");
    assertThatThrownBy(() -> new AccuracyTable(data, null, List.of(majority, control, other)))
        .hasMessageContaining("exact has scores [pearson]: expected [accuracy]");
    assertThatThrownBy(() -> new AccuracyTable(data, null, List.of(majority, control, control)))
        .hasMessageContaining("two variants CONTROL control seed 0: expected different seeds");
  }

  private static Variant plain(Role role, String name, String metric) {
    return new Variant(role, name, 0, 1, List.of(new Score(metric, 0.5, 0.1)));
  }

  @Test
  void predictionsMustBeThoseOfTheScores() {
    ExampleCounts data = new ExampleCounts(1, 1, 4, 0, 0, 0, false);
    Predictions hits = Predictions.ofHits(new boolean[] {true, true, true, false});
    Variant wrong =
        new Variant(
            Role.MAJORITY, "majority", 0, 1, List.of(new Score("accuracy", 0.5, 0.1)), hits);
    Variant control = plain(Role.CONTROL, "control", "accuracy");
    assertThatThrownBy(() -> new AccuracyTable(data, null, List.of(wrong, control)))
        .hasMessageContaining("accuracy 0.5 of majority: its predictions have 0.75");
    ExampleCounts more = new ExampleCounts(1, 1, 5, 0, 0, 0, false);
    assertThatThrownBy(() -> new AccuracyTable(more, null, List.of(wrong, control)))
        .hasMessageContaining("4 predictions of majority, HITS: expected those of 5");
  }

  @Test
  void recordsRefuseWhatContradictsItself() {
    assertThatThrownBy(() -> new DataFile(DataFile.Role.DEV, "dev.tsv", 1, "abc"))
        .hasMessageContaining("digest 'abc' of dev.tsv: expected 64 hexadecimal digits");
    assertThatThrownBy(() -> new RangeLine("score", List.of(1.0, 2.0), List.of(1.0)))
        .hasMessageContaining("2 values and 1 bounds of score");
    RangeLine two = new RangeLine("score", List.of(1.0, 2.0), List.of());
    RangeLine three = new RangeLine("row sum", List.of(1.0, 2.0, 3.0), List.of());
    assertThatThrownBy(() -> new RangeTable("m", "x", 1, List.of(two, three)))
        .hasMessageContaining("[score 2, row sum 3]");
    assertThatThrownBy(
            () ->
                new StageRecord(
                    "s",
                    "",
                    0,
                    StageEnd.FINISHED,
                    "",
                    StageWork.untrained(1),
                    "",
                    -1,
                    Double.NaN,
                    List.of(CurvePoint.trained(2, 1, 1), CurvePoint.trained(1, 1, 1)),
                    List.of()))
        .hasMessageContaining("the curve of s goes from step 2 back to 1");
    assertThatThrownBy(() -> new NormalizerFit(List.of(1.0), List.of(), 0, 1, 2, 0.1, 0.2))
        .hasMessageContaining("1 knots [1.0] and 0 coefficients");
    assertThatThrownBy(() -> StageWork.untrained(Double.NaN))
        .hasMessageContaining("seconds of a stage NaN: expected a finite number from 0 up");
  }

  @Test
  void aCheckPassesWithinItsLimitAndWithEqualLabels() {
    assertThat(check(1e-2, 0).passed()).isTrue();
    assertThat(check(1e-2, -1).passed()).isTrue();
    assertThat(check(1.1e-2, 0).passed()).isFalse();
    assertThat(check(1e-3, 1).passed()).isFalse();
    assertThat(check(Double.NaN, 0).passed()).isFalse();
  }

  private static AgreementCheck check(double difference, int labels) {
    return new AgreementCheck("m", "w", "a", 4, difference, 1e-2, labels, 1, "");
  }

  @Test
  void theNormalizerIsTheSumOfItsHinges() {
    NormalizerFit fit =
        new NormalizerFit(List.of(2.0, 4.0), List.of(1.0, 0.5), 0.25, 1, 8, 0.1, 0.2);
    assertThat(fit.evaluate(1)).isEqualTo(0.5 + 0.375 + 0.25);
    assertThat(fit.evaluate(8)).isEqualTo(0.25);
  }
}
