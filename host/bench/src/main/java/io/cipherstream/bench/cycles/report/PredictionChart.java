package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.bench.report.ChartDrawing;
import io.cipherstream.bench.report.ChartImage;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws predicted over simulated cycles. */
final class PredictionChart {

  private final CycleReport report;
  private final ChartDrawing drawing;

  PredictionChart(CycleReport report, ChartDrawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  /** Predicted over simulated cycles, both logarithmic, with the line where they are equal. */
  List<ChartImage> images(List<CycleMeasurement> both) {
    String title = "Predicted and simulated cycles of all programs";
    return drawing.image(title, () -> accuracyChart(title, both)).stream().toList();
  }

  private XYChart accuracyChart(String title, List<CycleMeasurement> both) {
    XYChart chart = ChartDrawing.points(title, "simulated cycles", "predicted cycles");
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    double least = both.stream().mapToDouble(CycleMeasurement::cycles).min().orElse(1);
    double most = both.stream().mapToDouble(CycleMeasurement::cycles).max().orElse(1);
    var line = chart.addSeries("equal", new double[] {least, most}, new double[] {least, most});
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(ChartDrawing.color(0));
    int color = CycleCharts.FIRST_COLOR;
    for (Core core : report.cores()) {
      List<CycleMeasurement> own =
          both.stream().filter(m -> m.configuration().equals(core.configuration())).toList();
      if (!own.isEmpty()) {
        var points =
            chart.addSeries(
                core.label(),
                own.stream().mapToDouble(CycleMeasurement::cycles).toArray(),
                own.stream().mapToDouble(m -> m.predicted().cycles()).toArray());
        points.setXYSeriesRenderStyle(org.knowm.xchart.XYSeries.XYSeriesRenderStyle.Scatter);
        points.setMarkerColor(ChartDrawing.color(color++));
      }
    }
    return chart;
  }
}
