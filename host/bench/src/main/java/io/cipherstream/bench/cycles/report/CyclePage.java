package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.report.ChartDrawing;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What the template of the page shows, as text wherever figures need a format. */
public record CyclePage(
    CycleReport report,
    String created,
    String duration,
    List<CycleSection> sections,
    String chartFailure) {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  static CyclePage of(CycleReport report) {
    ChartDrawing drawing = new ChartDrawing();
    CycleCharts charts = new CycleCharts(report, drawing);
    LimbSections limbs = new LimbSections(report, charts);
    List<CycleSection> sections =
        Stream.of(
                new GoalSection(report).section(),
                limbs.transforms(),
                limbs.wordwise(),
                new OperationSection(report, charts).section(),
                new ByteSection(report, new PortChart(report, drawing)).section(),
                new PredictionSection(report, new PredictionChart(report, drawing)).section(),
                new PlanSection(report, new PlanCharts(report, drawing)).section())
            .filter(s -> !s.tables().isEmpty())
            .toList();
    return new CyclePage(
        report,
        DATE.format(Instant.parse(report.created())),
        String.format(
            Locale.ROOT,
            "%d min %02d s",
            (long) report.seconds() / 60,
            (long) report.seconds() % 60),
        sections,
        drawing.failure());
  }
}
