package io.cipherstream.bench.cycles.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;

class CyclePageTest {

  private static Document page(CycleMeasurement... measurements) {
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Document page = Jsoup.parse(CyclePage.html(CycleReports.of(measurements)), "", parser);
    assertThat(parser.getErrors()).isEmpty();
    return page;
  }

  private static Document page() {
    return page(
        CycleReports.simulated(CycleReports.BATCH, 212_992, 217_416, 217_463, true),
        CycleReports.simulated(CycleReports.ROTATION, 266_240, 283_645, 283_649, true),
        CycleReports.predicted(CycleReports.PRODUCT, 4_718_592, 4_911_457));
  }

  /** Texts of a row's cells, its head first. */
  private static List<String> row(Document page, String section, String head) {
    Element title =
        page.select("h2").stream().filter(h -> h.text().equals(section)).findFirst().orElseThrow();
    for (Element e = title.nextElementSibling(); e != null; e = e.nextElementSibling()) {
      for (Element row : e.select("tbody tr")) {
        if (row.select("th").text().startsWith(head)) {
          return row.children().eachText();
        }
      }
    }
    throw new AssertionError("no row " + head);
  }

  @Test
  void goalsStandFirstWithWhatWasReached() {
    Document page = page();
    assertThat(page.select("h2").eachText()).startsWith("In short", "Keep in mind", "Goals");
    assertThat(row(page, "Goals", "NTT × 16"))
        .containsExactly(
            "NTT × 16: butterfly slots used, loads and stores included",
            "P = 4",
            "217 463",
            "≥ 90.0 %, aim 95.0 %",
            "97.9 %",
            "holds");
    assertThat(row(page, "Goals", "rotation")).endsWith("≤ 1.25", "1.065", "holds");
  }

  @Test
  void aMissedGoalIsSaid() {
    Document page =
        page(CycleReports.simulated(CycleReports.ROTATION, 266_240, 342_000, 342_000, true));
    assertThat(row(page, "Goals", "rotation")).endsWith("1.285", "does not hold");
    assertThat(page.select("td.bad").eachText()).contains("does not hold");
  }

  @Test
  void aPredictionIsNoMeasuredGoal() {
    Document page = page(CycleReports.predicted(CycleReports.ROTATION, 266_240, 283_645));
    assertThat(page.select("h2").eachText()).doesNotContain("Goals");
  }

  @Test
  void whatWasPredictedIsMarkedEverywhere() {
    Document page = page();
    assertThat(row(page, "Rotations and products", "128×128"))
        .contains("4 911 457 (p)", "16.37 ms (p)");
    assertThat(row(page, "Rotations and products", "rotation")).contains("283 649", "945.5 µs");
    for (Element cell : page.select("td.predicted")) {
      assertThat(cell.text()).endsWith("(p)");
    }
    assertThat(row(page, "Planning for cards", "u55c"))
        .containsExactly(
            "u55c",
            "2 × P 64",
            "300 MHz",
            "158 GB/s",
            "16 GB HBM2",
            "80 cycles",
            "337 k (p)",
            "10.8 k (p)",
            "20.00 MB (p)",
            "54.0 % (p)");
  }

  @Test
  void bytesAreShownByKindAndMarkedWhereTheyWereNotCounted() {
    assertThat(row(page(), "Bytes moved", "rotation"))
        .containsExactly("rotation, N = 8192, 3 limbs", "P = 4", "4.00 MB", "–", "4.00 MB", "14");
    assertThat(row(page(), "Bytes moved", "128×128")).contains("4.00 MB (p)");
  }

  @Test
  void thePublishedFiguresNameTheirSource() {
    Document page = page();
    List<String> heax =
        page.select("tbody th").eachText().stream().filter(t -> t.contains("HEAX")).toList();
    assertThat(heax).hasSize(3).containsOnly(Yardstick.SOURCE);
    assertThat(page.text()).contains("as recalled from the paper").contains("90.0 k 22.5 k");
  }

  @Test
  void theErrorOfTheModelIsSummedUp() {
    Document page = page();
    assertThat(row(page, "Prediction and simulation", "NTT"))
        .containsExactly("NTT, N = 8192, 16 limbs", "P = 4", "217 463", "217 416", "0.0 %");
    assertThat(page.text()).contains("2 programs: 0.0 % off on average; worst 0.0 %");
  }

  @Test
  void differentWordsAreSaidFirst() {
    Document page = page(CycleReports.simulated(CycleReports.BATCH, 9, 10, 10, false));
    assertThat(page.select(".alerts").text()).contains("1 of 1 programs gave other words");
  }

  @Test
  void chartsAreInsideAndNothingIsFetched() {
    Document page = page();
    assertThat(page.select("svg > title").eachText())
        .contains(
            "Cycles per transform, batch of 16",
            "Predicted and simulated cycles of all programs",
            "MB moved (P = 4)");
    assertThat(page.text()).doesNotContain("could not be drawn");
    assertThat(page.select("script, link, iframe, img, b, [src]")).isEmpty();
    assertThat(page.text()).contains("Test <CPU> & co").contains("a note with <b>markup</b>");
  }
}
