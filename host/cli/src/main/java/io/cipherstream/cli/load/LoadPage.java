package io.cipherstream.cli.load;

import io.cipherstream.report.BarChart;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.Page;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A run of {@code load} as an HTML page. */
final class LoadPage {

  private static final int HEIGHT = 280;
  private static final float LINE = 2;

  private final LoadReport report;
  private final Drawing drawing = new Drawing();

  LoadPage(LoadReport report) {
    this.report = report;
  }

  /** One file without scripts or links. */
  String html() {
    LoadReport.Asked asked = report.asked();
    String lead =
        String.format(
            Locale.ROOT,
            "%d clients with %d sessions asked model %s in mode %s for %.0f s through %d %s%s.",
            asked.clients(),
            asked.sessions(),
            asked.model(),
            asked.mode(),
            report.seconds(),
            asked.urls(),
            asked.urls() == 1 ? "address" : "addresses",
            asked.rate() > 0
                ? String.format(Locale.ROOT, ", %.1f sentences a second in all", asked.rate())
                : ", each one text after the other");
    List<PageSection> sections = new ArrayList<>();
    sections.add(answers());
    if (!report.refusals().isEmpty()) {
      sections.add(refusals());
    }
    if (!report.samples().isEmpty()) {
      sections.add(processes());
    }
    List<String> alerts = new ArrayList<>();
    if (report.wrong() > 0) {
      alerts.add(report.wrong() + " answers were wrong.");
    }
    return new Page("Load", lead, alerts, sections).with(drawing).html();
  }

  private PageSection answers() {
    LoadReport.Times times = report.answered();
    PageSection section =
        new PageSection("answers", "Answers")
            .paragraph(
                String.format(
                    Locale.ROOT,
                    "%d answers, %.2f a second. %d were wrong; the largest difference from"
                        + " plaintext is %.4f%s.",
                    times.count(),
                    report.rate(),
                    report.wrong(),
                    report.differenceMax(),
                    report.unchecked() > 0 ? "; " + report.unchecked() + " were not compared" : ""))
            .figures(List.of("", "median", "90 %", "99 %", "99.9 %", "longest"), rows());
    List<String> charts = new ArrayList<>();
    if (!times.curve().isEmpty()) {
      drawing.svg("Time to an answer by percentile", this::percentiles).ifPresent(charts::add);
    }
    if (!report.answersPerSecond().isEmpty()) {
      drawing.svg("Answers in each second", this::perSecond).ifPresent(charts::add);
    }
    return section.charts(
        charts, "Left: how long clients waited for their answers. Right: answers in each second.");
  }

  private List<List<PageCell>> rows() {
    List<List<PageCell>> rows = new ArrayList<>();
    rows.add(row("time to an answer", report.answered()));
    if (report.refused().count() > 0) {
      rows.add(row("time to a refusal", report.refused()));
    }
    return rows;
  }

  private static List<PageCell> row(String name, LoadReport.Times times) {
    return PageCell.row(
        name,
        Figures.time(times.median()),
        Figures.time(times.p90()),
        Figures.time(times.p99()),
        Figures.time(times.p999()),
        Figures.time(times.max()));
  }

  /** The horizontal axis is the number of requests of which one takes longer, as HDR plots have. */
  private XYChart percentiles() {
    XYChart chart = drawing.lines(Drawing.HALF, HEIGHT, "one request in", "seconds");
    List<LoadReport.Percentile> curve =
        report.answered().curve().stream().filter(p -> p.percentile() < 100).toList();
    XYSeries series =
        chart.addSeries(
            "answers",
            curve.stream().mapToDouble(p -> 1 / (1 - p.percentile() / 100)).toArray(),
            curve.stream().mapToDouble(LoadReport.Percentile::seconds).toArray());
    style(series, 0);
    Drawing.logarithmicX(chart.getStyler());
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  private XYChart perSecond() {
    XYChart chart = drawing.lines(Drawing.HALF, HEIGHT, "seconds", "answers");
    List<Integer> counts = report.answersPerSecond();
    style(
        chart.addSeries(
            "answers",
            IntStream.range(0, counts.size()).asDoubleStream().toArray(),
            counts.stream().mapToDouble(Integer::doubleValue).toArray()),
        0);
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  private PageSection refusals() {
    PageSection section =
        new PageSection("refusals", "Requests without an answer")
            .paragraph("Each was ended by the appliance or by the client, for the reason named.");
    List<String> names = new ArrayList<>(report.refusals().keySet());
    new BarChart("Requests without an answer", "requests", names)
        .add("requests", names.stream().map(report.refusals()::get).toList())
        .addTo(section, drawing);
    return section.paragraph("The first one was " + report.firstFailure());
  }

  private PageSection processes() {
    PageSection section =
        new PageSection("processes", "Processes")
            .paragraph(
                "What the kernel counts for the watched processes, once a second from the first key"
                    + " on.");
    List<String> charts = new ArrayList<>();
    chart("Resident memory, MiB", s -> s.memoryBytes() / (double) (1 << 20), charts);
    chart("Descriptors", ProcessWatch.Sample::descriptors, charts);
    chart("Threads", ProcessWatch.Sample::threads, charts);
    return section.charts(charts, "");
  }

  private void chart(String title, ToDoubleFunction<ProcessWatch.Sample> value, List<String> into) {
    drawing
        .svg(
            title,
            () -> {
              XYChart chart = drawing.lines(Drawing.HALF, HEIGHT, "seconds", title);
              List<Long> processes =
                  report.samples().stream().map(ProcessWatch.Sample::process).distinct().toList();
              for (int i = 0; i < processes.size(); i++) {
                long process = processes.get(i);
                List<ProcessWatch.Sample> own =
                    report.samples().stream().filter(s -> s.process() == process).toList();
                style(
                    chart.addSeries(
                        "process " + process,
                        own.stream().mapToDouble(ProcessWatch.Sample::seconds).toArray(),
                        own.stream().mapToDouble(value).toArray()),
                    i);
              }
              chart.getStyler().setYAxisMin(0.0);
              return chart;
            })
        .ifPresent(into::add);
  }

  private static void style(XYSeries series, int index) {
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(Drawing.color(index));
    series.setLineStyle(Drawing.line(LINE));
  }
}
