package io.cipherstream.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.bench.report.BenchCase.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;

class BenchPageTest {

  private static Document page(List<Measurement> measurements) {
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Document page = Jsoup.parse(BenchPage.html(Reports.of(measurements)), "", parser);
    assertThat(parser.getErrors()).isEmpty();
    return page;
  }

  private static List<Measurement> some() {
    List<Measurement> all = new ArrayList<>();
    all.add(Reports.measured(Reports.rotate("plain-seal"), "aa", 2000, 2100, 2200));
    all.add(
        Reports.measured(Reports.rotate("seal-limb"), "aa", 500, 525, 550).withWordsEqual(true));
    for (String engine : List.of("plain-seal", "seal-limb")) {
      all.add(
          Reports.measured(
              new BenchCase(Kind.INSTRUCTION, "NTT", engine, "n8192", 64, 1), 40, 41, 42));
    }
    return all;
  }

  @Test
  void theFiguresAndTheirRatioToTheBaselineAreThere() {
    Document page = page(some());
    Element row =
        page.select("tbody tr").stream()
            .filter(tr -> tr.select("th").text().equals("rotate"))
            .findFirst()
            .orElseThrow();
    assertThat(row.select("td").eachText()).containsExactly("2100 µs", "525 µs × 4.00");
    assertThat(row.select("td.best").eachText()).containsExactly("525 µs × 4.00");
    assertThat(page.text())
        .contains("1 results were compared with the reference's, none differs")
        .contains("transforms (NTT), n8192, 1 thread 24.4 k 24.4 k")
        .contains("key switches (rotate), n8192 with 4 limbs, 1 thread 476 1.9 k")
        .contains("N = 8192, primes {50, 38 × 3 | 50} bits")
        .contains("load before / after 0.5 / 2.5");
  }

  @Test
  void plotsAreInsideAndHoldABarForEachEngineAndCase() {
    List<Element> charts = page(some()).select("svg");
    assertThat(charts)
        .extracting(chart -> chart.select("svg > title").text())
        .containsExactly(
            "Instructions, n8192: times as fast as plain-seal",
            "Operations, n8192 with 4 limbs: times as fast as plain-seal");
    for (Element chart : charts) {
      // A bar and a square of the legend for each of the two engines.
      assertThat(chart.select("[style*=fill:rgb(180,190,200)]")).hasSize(2);
      assertThat(chart.select("[style*=fill:rgb(213,94,0)]")).hasSize(2);
    }
  }

  @Test
  void nothingIsFetchedFromElsewhere() {
    Document page = page(some());
    assertThat(page.select("script, link, iframe, img, [src]")).isEmpty();
  }

  @Test
  void textFromTheMachineIsEscaped() {
    Document page = page(List.of(Measurement.failed(Reports.rotate("seal-limb"), "<script>x")));
    assertThat(page.select("script, b")).isEmpty();
    assertThat(page.text())
        .contains("Test <CPU> & co")
        .contains("a note with <b>markup</b>")
        .contains("left out: no <compiler>")
        .contains("<script>x");
  }

  @Test
  void differentWordsAreSaidFirst() {
    Document page =
        page(List.of(Reports.measured(Reports.rotate("seal-limb"), "b", 1).withWordsEqual(false)));
    assertThat(page.select(".alerts").text()).contains("1 of 1 results differ");
  }
}
