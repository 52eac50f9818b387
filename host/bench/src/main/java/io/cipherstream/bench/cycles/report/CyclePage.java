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
    List<PageSection> sections,
    String chartFailure) {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  static CyclePage of(CycleReport report) {
    ChartDrawing drawing = new ChartDrawing();
    CycleCharts charts = new CycleCharts(report, drawing);
    MeasuredSections measured = new MeasuredSections(report, charts);
    List<PageSection> sections =
        Stream.of(
                measured.goals(),
                measured.transforms(),
                measured.wordwise(),
                measured.operations(),
                measured.bytes(),
                new AccuracySection(report, charts).section(),
                new PlanSection(report, charts).section())
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
