package io.cipherstream.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;

/** A page of every kind of block is HTML without a mistake, and shows texts as they are. */
class PageTest {

  private static final String EVIL = "<script>alert('x')</script> & \"more\"";

  private static Document parsed(Page page) {
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Document document = Jsoup.parse(page.html(), "", parser);
    assertThat(parser.getErrors()).isEmpty();
    return document;
  }

  private static Page page(PageSection... sections) {
    return new Page("Title", "Lead", List.of(), List.of(sections));
  }

  @Test
  void everyTextIsEscaped() {
    Drawing drawing = new Drawing();
    PageSection section =
        new PageSection("one", EVIL)
            .paragraph(EVIL)
            .heading(EVIL)
            .warnings(List.of(EVIL))
            .list(List.of(EVIL))
            .figures(List.of(EVIL), List.of(List.of(PageCell.of(EVIL).below(EVIL).hinting(EVIL))))
            .facts(List.of(PageCell.row(EVIL, EVIL)));
    new BarChart(EVIL, EVIL, List.of(EVIL)).add(EVIL, List.of(1)).addTo(section, drawing);
    Document document = parsed(new Page(EVIL, EVIL, List.of(EVIL), List.of(section)).with(drawing));
    assertThat(document.select("script")).isEmpty();
    assertThat(document.select("svg")).hasSize(1);
    for (String where :
        List.of(
            "title",
            "h1",
            ".lead",
            ".alerts li",
            "nav a",
            "h2",
            "section > p",
            "h3",
            ".warnings li",
            "section > ul:not(.warnings) li",
            ".figures thead th",
            ".figures small",
            ".facts td")) {
      assertThat(document.select(where).eachText()).as(where).contains(EVIL);
    }
    assertThat(document.select("svg > title").text()).isEqualTo(EVIL);
    assertThat(document.select("th[title]").attr("title")).isEqualTo(EVIL);
  }

  @Test
  void nothingIsFetchedAndTheContentsLeadToEverySection() {
    Document document =
        parsed(page(new PageSection("a", "A").paragraph("x"), new PageSection("b", "B")));
    assertThat(document.select("script, link, img, iframe, [src]")).isEmpty();
    assertThat(document.select("nav a").eachAttr("href")).containsExactly("#a", "#b");
    assertThat(document.select("section").eachAttr("id")).containsExactly("a", "b");
  }

  @Test
  void stylesAndBarsReachTheCells() {
    PageSection section =
        new PageSection("a", "A")
            .paragraph("all is well", "good")
            .figures(
                List.of("", "text", "share"),
                List.of(List.of(PageCell.of("x"), PageCell.of("y", "text"), PageCell.bar(0.256))));
    Document document = parsed(page(section));
    assertThat(document.select("p.good").text()).isEqualTo("all is well");
    assertThat(document.select("thead th.text").text()).isEqualTo("text");
    assertThat(document.select("td.bar .track span").attr("style")).isEqualTo("width:25.6%");
  }

  @Test
  void aLongTableIsFoldedAndAnEmptyOneIsNone() {
    List<List<PageCell>> rows = Collections.nCopies(41, PageCell.row("a", "b"));
    PageSection section = new PageSection("a", "A").figures(List.of("", ""), rows);
    assertThat(section.hasTable()).isTrue();
    assertThat(parsed(page(section)).select("details summary").text()).isEqualTo("All 41 rows");
    PageSection shorter =
        new PageSection("a", "A").figures(List.of("", ""), rows.subList(0, 40)).facts(List.of());
    assertThat(parsed(page(shorter)).select("details")).isEmpty();
    assertThat(shorter.blocks()).hasSize(1);
    assertThat(new PageSection("a", "A").facts(List.of()).hasTable()).isFalse();
  }

  @Test
  void barsHaveTheirColorsAndAGapWhereThereIsNoValue() {
    Drawing drawing = new Drawing();
    PageSection section = new PageSection("a", "A");
    new BarChart("speed", "times", List.of("one", "two"))
        .logarithmic()
        .add("first", Drawing.QUIET, Arrays.asList(0.5, null))
        .add("second", List.of(20, 3000))
        .add("none", Arrays.asList(null, null))
        .addTo(section, drawing);
    Document document = parsed(page(section).with(drawing));
    assertThat(document.select(".alerts")).isEmpty();
    assertThat(document.select("figcaption").text()).isEqualTo("speed.");
    // The bars of a series and its square in the legend.
    assertThat(document.select("[style*=fill:rgb(180,190,200)]")).hasSize(2);
    assertThat(document.select("[style*=fill:rgb(213,94,0)]")).hasSize(3);
    assertThat(document.select("[style*=fill:rgb(0,158,115)]"))
        .as("no series without a value")
        .isEmpty();
  }

  @Test
  void aChartThatCannotBeDrawnIsSaid() {
    Drawing drawing = new Drawing();
    assertThat(
            drawing.svg(
                "x",
                () -> {
                  throw new UnsatisfiedLinkError("no fonts");
                }))
        .isEmpty();
    assertThat(parsed(page().with(drawing)).select(".alerts").text())
        .contains("Charts could not be drawn", "no fonts");
  }
}
