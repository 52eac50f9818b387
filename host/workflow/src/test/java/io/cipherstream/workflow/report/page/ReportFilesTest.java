package io.cipherstream.workflow.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionComparison;
import io.cipherstream.workflow.report.ConversionHeader;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.CurvePoint;
import io.cipherstream.workflow.report.ExampleCounts;
import io.cipherstream.workflow.report.SampleReports;
import io.cipherstream.workflow.report.StageEnd;
import io.cipherstream.workflow.report.StageRecord;
import io.cipherstream.workflow.report.StageWork;
import io.cipherstream.workflow.report.Variant;
import io.cipherstream.workflow.report.Variant.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ReportFilesTest {

  private static final String FULL = ReportFiles.html(SampleReports.full());

  @TempDir private Path folder;

  private static Document page(ConversionReport report) {
    return Jsoup.parse(ReportFiles.html(report));
  }

  private static String section(Document page, String id) {
    Element section = page.getElementById(id);
    assertThat(section).as(id).isNotNull();
    return section.text();
  }

  @Test
  void bothFilesAreWrittenAndNothingElse() throws IOException {
    Files.writeString(folder.resolve(ReportFiles.HTML), "that of the stage before");
    ReportFiles.write(SampleReports.full(), folder);
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(ReportFiles.JSON, ReportFiles.HTML);
    }
    assertThat(ConversionReport.read(folder.resolve(ReportFiles.JSON)))
        .isEqualTo(SampleReports.full());
    assertThat(Files.readString(folder.resolve(ReportFiles.HTML))).isEqualTo(FULL);
  }

  @Test
  void thePageNeedsNoNetwork() {
    Document page = Jsoup.parse(FULL);
    assertThat(page.select("script, link, img, iframe, object, [src]")).isEmpty();
    assertThat(page.select("a").eachAttr("href")).allMatch(h -> h.startsWith("#"));
    assertThat(FULL.replace("http://www.w3.org/", ""))
        .doesNotContain("http://")
        .doesNotContain("https://");
  }

  @Test
  void theContentsLeadToEverySection() {
    Document page = Jsoup.parse(FULL);
    List<String> ids = page.select("section").eachAttr("id");
    assertThat(ids)
        .containsExactly(
            "summary",
            "what",
            "accuracy",
            "stage-1",
            "stage-2",
            "stage-3",
            "stage-4",
            "stage-5",
            "ranges",
            "normalizer",
            "checks",
            "costs",
            "limits",
            "setup");
    assertThat(page.select("nav a").eachAttr("href"))
        .isEqualTo(ids.stream().map(i -> "#" + i).toList());
    assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
  }

  @Test
  void everyChartIsDrawnAndNamed() {
    Document page = Jsoup.parse(FULL);
    assertThat(page.select("svg > title").eachText())
        .containsExactly(
            "accuracy of every variant",
            "Loss by step, Exact fine-tune",
            "Held-out score by step, Exact fine-tune",
            "Learning rate by step, Exact fine-tune",
            "Loss by step, ReLU and THE-X softmax",
            "Held-out score by step, ReLU and THE-X softmax",
            "Learning rate by step, ReLU and THE-X softmax",
            "Loss by step, Affine norms",
            "Held-out score by step, Affine norms",
            "Learning rate by step, Affine norms",
            "Largest values by layer, Full THE-X",
            "Largest values by layer, Polynomial",
            "Relative error of T over the row sum");
    assertThat(page.select(".alerts")).isEmpty();
  }

  @Test
  void accuracySaysWhatWasChosenWhereAndShowsEverySeed() {
    Document page = Jsoup.parse(FULL);
    assertThat(section(page, "accuracy"))
        .contains("Trained on 63 982 examples")
        .contains("were made on 3 367 examples held out of the training file")
        .contains("Nothing was chosen by looking at the development set")
        .contains("3 of its texts are also in the training file")
        .contains("12 texts of the training file, 1 of the development set");
    List<String> rows = page.select("#accuracy tbody tr").eachText();
    assertThat(rows).hasSize(9);
    assertThat(rows.get(4)).startsWith("full THE-X mean of 3 ").contains("(sd ");
    assertThat(rows.get(5)).startsWith("1 ").contains("±");
    assertThat(rows.get(7)).startsWith("3 ");
    assertThat(rows.get(2)).startsWith("exact 1 ").endsWith("above the control 19 min 0 s");
    assertThat(section(page, "summary")).contains("All 3 checks passed.");
  }

  @Test
  void aTableWithoutPredictionsSaysSo() {
    List<Variant> variants =
        List.of(
            variant(Role.MAJORITY, "majority", 0.509, Double.NaN),
            variant(Role.CONTROL, "control", 0.812, 0.6),
            variant(Role.EXACT, "exact", 0.893, 0.8),
            variant(Role.CONVERTED, "full <THE-X>", 0.8951, 0.79),
            variant(Role.CONVERTED, "polynomial", 0.829, 0.65));
    AccuracyTable table =
        new AccuracyTable(new ExampleCounts(950, 0, 872, 0, 0, 0, true), null, variants);
    Document page =
        page(
            ConversionReport.of(
                SampleReports.header("x", "t", SampleReports.DEV, true, Map.of()),
                table,
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of()));
    List<String> rows = page.select("#accuracy tbody tr").eachText();
    assertThat(rows.get(0)).isEqualTo("majority 50.9 ± 1.0 not defined 3 s");
    assertThat(rows.get(3))
        .isEqualTo(
            "full <THE-X> 7 89.5 ± 1.0 79.0 +0.2 ± 1.4 † not distinguishable from exact"
                + " +8.3 ± 1.4 † above the control 2 min 5 s");
    assertThat(rows.get(4)).contains("−6.4 ± 1.4 † below exact").contains("+1.7 ± 1.4 † not");
    assertThat(section(page, "accuracy"))
        .contains("Something was chosen by looking at the development set")
        .contains("No examples were held out")
        .contains("those marked † lack predictions");
    assertThat(section(page, "limits")).contains("Every model was trained once");
  }

  private static Variant variant(Role role, String name, double accuracy, double matthews) {
    boolean converted = role == Role.CONVERTED;
    return new Variant(
        role,
        name,
        converted ? 7 : 0,
        converted ? 125 : 3,
        List.of(
            new Score("accuracy", accuracy, 0.01), new Score("matthews", matthews, Double.NaN)));
  }

  @Test
  void stagesSayHowTheyWent() {
    Document page = Jsoup.parse(FULL);
    assertThat(section(page, "stage-2"))
        .contains("Stage 2: ReLU and THE-X softmax")
        .contains("stopped early: the held-out score did not rise any more (no better for 300")
        .contains("steps 1 200 of at most 3 000")
        .contains("examples seen 38 400")
        .contains("speed 33.7 examples per second")
        .contains("kept step ")
        .contains("1 recorded step had a loss that is not a finite number");
    assertThat(section(page, "stage-3")).contains("1 step was skipped");
    assertThat(section(page, "stage-4")).contains("time 1 min 35 s").doesNotContain("steps");
    assertThat(page.select("#costs tbody tr").eachText())
        .contains("1. Exact fine-tune 19 min 1 s 21 %", "all 1 h 30 min");
  }

  @Test
  void rangesNormalizerChecksAndSetupShowTheirFigures() {
    Document page = Jsoup.parse(FULL);
    Element ranges = page.select("#ranges table").get(0);
    assertThat(ranges.select("thead th").eachText())
        .containsExactly(
            "layer", "score", "row sum", "pre-activation", "pre-norm 1", "pre-norm 2", "output");
    assertThat(ranges.select("tbody tr").get(3).text()).startsWith("3 36.2 bound 48.9 2.6·10⁴");
    assertThat(ranges.select("tbody tr").get(5).text()).endsWith("11.4 bound 15.4");
    assertThat(section(page, "normalizer"))
        .contains("2.50 % rms, 5.56 % largest")
        .contains("hinges 20 fitted to row sums 0.3 to 2·10⁴");
    assertThat(page.select("#checks tbody tr").eachText())
        .containsExactly(
            "pass full THE-X forward pass largest after layer 5 PyTorch 8 4.1·10⁻⁶ 10⁻⁵ – –",
            "pass full THE-X logits, simulate logits, plaintext 64 2.0·10⁻⁴ 0.01 all equal"
                + " 0.35 s",
            "pass full THE-X logits, encrypted logits, plaintext 16 0.00340 0.01 all equal"
                + " 1 min 14 s");
    assertThat(section(page, "what"))
        .contains("data/train.tsv training 67 349 aaaaaaaaaaaaaaaa…")
        .contains("seeds 1, 2, 3");
    assertThat(section(page, "setup"))
        .contains("learning-rate 6e-5")
        .contains("processor Intel Xeon, 2 cores");
  }

  @Test
  void whatFailedStandsAboveEverything() {
    StageRecord stage =
        new StageRecord(
            "poly",
            "",
            0,
            StageEnd.NOT_FINITE,
            "step 9",
            new StageWork(10, 9, 90, 0, 0),
            "",
            -1,
            Double.NaN,
            List.of(new CurvePoint(9, Double.NaN, 1e-4, Double.NaN)),
            List.of());
    AgreementCheck check = new AgreementCheck("m", "logits", "x", 4, Double.NaN, 1e-2, 2, 1, "");
    Document page =
        page(
            ConversionReport.of(
                SampleReports.header("x", "t", SampleReports.DEV, false, Map.of()),
                null,
                List.of(stage),
                List.of(),
                null,
                List.of(check),
                List.of()));
    assertThat(page.select(".alerts li").eachText())
        .containsExactly(
            "This conversion is not finished: the page shows what was done when it was written, up"
                + " to the stage “poly”.",
            "Stage “poly” stopped: the loss was not a finite number.",
            "Check failed: m, logits.");
    assertThat(section(page, "summary"))
        .contains("No model was evaluated yet.")
        .contains("1 of 1 checks failed.");
    assertThat(page.select("#checks tbody tr").text()).startsWith("FAIL").contains("2 differ");
    assertThat(page.select("svg")).isEmpty();
  }

  @Test
  void aConversionThatHasJustBegun() {
    Document page =
        page(
            ConversionReport.started(
                SampleReports.header("x", "t", SampleReports.DEV, false, Map.of())));
    assertThat(page.select("section").eachAttr("id"))
        .containsExactly("summary", "what", "limits", "setup");
    assertThat(page.select(".alerts").text()).contains("before its first stage");
  }

  @Test
  void textsAreEscapedAlsoInCharts() {
    String evil = "<script>alert('x')</script> & \"more\"";
    ConversionHeader header =
        SampleReports.header(evil, evil, SampleReports.DEV, true, Map.of(evil, evil));
    StageRecord stage =
        new StageRecord(
            evil,
            evil,
            1,
            StageEnd.FINISHED,
            evil,
            new StageWork(1, 2, 2, 0, 0),
            evil,
            2,
            0.5,
            List.of(new CurvePoint(1, 1, 1e-4, 0.4), new CurvePoint(2, 0.5, 1e-5, 0.5)),
            List.of(evil));
    Document page =
        page(
            ConversionReport.of(
                header, null, List.of(stage), List.of(), null, List.of(), List.of(evil)));
    assertThat(page.select("script")).isEmpty();
    assertThat(page.select("h1").text()).isEqualTo("Conversion of " + evil);
    assertThat(page.select("svg")).hasSize(3);
    assertThat(page.select("svg > title").get(0).text()).isEqualTo("Loss by step, " + evil);
    assertThat(page.select(".warnings li").text()).isEqualTo(evil);
    assertThat(section(page, "limits")).contains(evil);
  }

  @Test
  void aComparisonIsWrittenAsPageAndJson() throws IOException {
    ConversionReport a = SampleReports.full();
    ConversionReport b = SampleReports.of("less <good>", 0.86, SampleReports.DEV, "sst-2");
    ReportFiles.write(ConversionComparison.of(List.of(a, b)), folder);
    Document page = Jsoup.parse(folder.resolve(ReportFiles.COMPARISON_HTML).toFile());
    assertThat(page.select("section").eachAttr("id"))
        .containsExactly("sides", "scores", "times", "options");
    assertThat(page.select("#sides tbody tr").get(1).text()).startsWith("B less <good> all-MiniLM");
    assertThat(page.select("#scores tbody tr").eachText())
        .anyMatch(r -> r.matches("full THE-X accuracy .* −\\d\\.\\d ± \\d\\.\\d \\*"));
    assertThat(Files.readString(folder.resolve(ReportFiles.COMPARISON_JSON)))
        .contains("\"fromBaseline\" : null", "\"paired\" : true");
  }
}
