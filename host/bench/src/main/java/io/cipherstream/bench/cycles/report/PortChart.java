package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.bench.report.ChartDrawing;
import io.cipherstream.bench.report.ChartImage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.CategoryChart;

/** Draws the bytes that simulated operations moved, by port. */
final class PortChart {

  private final CycleReport report;
  private final ChartDrawing drawing;

  PortChart(CycleReport report, ChartDrawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  List<ChartImage> images() {
    List<CycleMeasurement> shown =
        report.measurements().stream()
            .filter(m -> m.bytesCounted() && !m.what().perLimb())
            .filter(m -> m.configuration().equals(last(m.what())))
            .toList();
    if (shown.isEmpty()) {
      return List.of();
    }
    String title = "MB moved by port (" + last().label() + ")";
    return drawing.image(title, () -> portChart(title, shown)).stream().toList();
  }

  private Core last() {
    return report.cores().get(report.cores().size() - 1);
  }

  private String last(CycleCase what) {
    return report.find(last().configuration(), what).isPresent() ? last().configuration() : "";
  }

  private static CategoryChart portChart(String title, List<CycleMeasurement> shown) {
    CategoryChart chart = ChartDrawing.bars(title, "MB");
    chart.getStyler().setStacked(true);
    Set<String> ports = new LinkedHashSet<>();
    shown.forEach(m -> ports.addAll(m.counts().bytes().keySet()));
    List<String> names = shown.stream().map(m -> CycleCharts.label(m.what())).toList();
    int color = CycleCharts.FIRST_COLOR;
    for (String port : ports) {
      List<Double> values =
          shown.stream().map(m -> m.counts().bytes().getOrDefault(port, 0L) / 1e6).toList();
      chart
          .addSeries(CycleFigures.port(port), names, values)
          .setFillColor(ChartDrawing.color(color++));
    }
    return chart;
  }
}
