package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How well the model predicts what the simulation then shows. */
final class PredictionSection {

  private static final int HEIGHT = 380;

  private final CycleReport report;
  private final Drawing drawing;

  PredictionSection(CycleReport report, Drawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  PageSection section() {
    List<CycleMeasurement> both =
        report.measurements().stream().filter(m -> m.simulated() != null).toList();
    List<List<PageCell>> rows = new ArrayList<>();
    for (CycleMeasurement m : both) {
      rows.add(
          PageCell.row(
              m.what().toString(),
              report.core(m.configuration()).label(),
              Figures.count(m.cycles()),
              Figures.count(m.predicted().cycles()),
              Figures.signedPercent(m.error())));
    }
    String title = "Predicted and simulated cycles of all programs";
    return new PageSection("prediction", "Prediction and simulation")
        .paragraph(
            "The model follows instructions, not registers: queues, units and memory with the"
                + " core's own parameters, nothing fitted to the simulation.")
        .paragraph(summary(both))
        .charts(
            both.isEmpty() ? List.of() : drawing.svg(title, () -> chart(both)).stream().toList(),
            title + ". Both logarithmic; on the grey line they are equal.")
        .figures(List.of("program", "core", "simulated", "predicted", "difference"), rows);
  }

  private XYChart chart(List<CycleMeasurement> both) {
    XYChart chart = drawing.lines(Drawing.WIDE, HEIGHT, "simulated cycles", "predicted cycles");
    Drawing.logarithmicX(chart.getStyler());
    Drawing.logarithmicY(chart.getStyler());
    double least = both.stream().mapToDouble(CycleMeasurement::cycles).min().orElse(1);
    double most = both.stream().mapToDouble(CycleMeasurement::cycles).max().orElse(1);
    XYSeries line =
        chart.addSeries("equal", new double[] {least, most}, new double[] {least, most});
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(Drawing.QUIET);
    int color = 0;
    for (Core core : report.cores()) {
      List<CycleMeasurement> own =
          both.stream().filter(m -> m.configuration().equals(core.configuration())).toList();
      if (!own.isEmpty()) {
        XYSeries points =
            chart.addSeries(
                core.label(),
                own.stream().mapToDouble(CycleMeasurement::cycles).toArray(),
                own.stream().mapToDouble(m -> m.predicted().cycles()).toArray());
        points.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        points.setMarker(SeriesMarkers.CIRCLE);
        points.setMarkerColor(Drawing.color(color++));
      }
    }
    return chart;
  }

  /** Mean and worst error, in words. */
  static String summary(List<CycleMeasurement> both) {
    double mean = both.stream().mapToDouble(m -> Math.abs(m.error())).average().orElse(0);
    CycleMeasurement worst =
        both.stream().max(Comparator.comparingDouble(m -> Math.abs(m.error()))).orElse(null);
    return worst == null
        ? "Nothing was simulated."
        : both.size()
            + " programs: "
            + Figures.percent(mean, 1)
            + " off on average; worst "
            + Figures.signedPercent(worst.error())
            + ", "
            + worst.what()
            + " on "
            + worst.configuration()
            + ".";
  }
}
