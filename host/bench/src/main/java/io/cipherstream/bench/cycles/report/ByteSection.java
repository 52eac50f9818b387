package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.report.BarChart;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Bytes moved, by kind. */
final class ByteSection {

  private final CycleReport report;
  private final Drawing drawing;

  ByteSection(CycleReport report, Drawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  PageSection section() {
    Set<String> kinds = new LinkedHashSet<>();
    report.measurements().forEach(m -> kinds.addAll(m.bytesMoved().keySet()));
    List<String> head = new ArrayList<>(List.of("program", "core"));
    kinds.forEach(kind -> head.add(words(kind)));
    head.addAll(List.of("all", "bytes a cycle"));
    List<List<PageCell>> rows = new ArrayList<>();
    for (CycleMeasurement m : report.measurements()) {
      if (!m.what().perLimb() || m.what().name().equals("NTT")) {
        List<PageCell> row = new ArrayList<>();
        row.addAll(PageCell.row(m.what().toString(), report.core(m.configuration()).label()));
        long all = 0;
        for (String kind : kinds) {
          long bytes = m.bytesMoved().getOrDefault(kind, 0L);
          all += bytes;
          row.add(bytes == 0 ? CyclePage.none() : cell(m, Figures.bytes(bytes)));
        }
        row.add(cell(m, Figures.bytes(all)));
        row.add(cell(m, Figures.count(all / m.cycles())));
        rows.add(row);
      }
    }
    PageSection section =
        new PageSection("bytes", "Bytes moved")
            .paragraph(
                "Between the core and the card's memory: operands and root tables in, results out,"
                    + " and operations with their tables.");
    if (!report.cores().isEmpty()) {
      chart(report.cores().get(report.cores().size() - 1)).addTo(section, drawing);
    }
    return section.figures(head, rows);
  }

  private static PageCell cell(CycleMeasurement m, String text) {
    return m.bytesCounted() ? PageCell.of(text) : CyclePage.predicted(text);
  }

  /** The bytes that simulated operations moved on a core. */
  private BarChart chart(Core core) {
    List<CycleMeasurement> shown =
        report.measurements().stream()
            .filter(m -> m.bytesCounted() && !m.what().perLimb())
            .filter(m -> m.configuration().equals(core.configuration()))
            .toList();
    Set<String> kinds = new LinkedHashSet<>();
    shown.forEach(m -> kinds.addAll(m.counts().bytes().keySet()));
    BarChart chart =
        new BarChart(
                "MB moved (" + core.label() + ")",
                "MB",
                shown.stream().map(m -> CycleCharts.label(m.what())).toList())
            .stacked();
    for (String kind : kinds) {
      chart.add(
          words(kind),
          shown.stream().map(m -> m.counts().bytes().getOrDefault(kind, 0L) / 1e6).toList());
    }
    return chart;
  }

  /** A kind of bytes as readers see it. */
  private static String words(String kind) {
    return kind.toLowerCase(Locale.ROOT);
  }
}
