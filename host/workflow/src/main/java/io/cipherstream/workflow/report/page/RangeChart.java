package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.workflow.report.RangeLine;
import io.cipherstream.workflow.report.RangeTable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the largest values of every layer, and their bounds dashed. */
final class RangeChart {

  private static final int HEIGHT = 380;

  private final Drawing drawing;
  private final RangeTable table;

  RangeChart(Drawing drawing, RangeTable table) {
    this.drawing = drawing;
    this.table = table;
  }

  /** Empty if there are fewer than two layers, or nothing above 0. */
  Optional<String> svg() {
    boolean shows =
        table.layers() > 1
            && table.lines().stream()
                .anyMatch(l -> l.largest().size() > 1 && positive(l.largest()));
    return shows
        ? drawing.svg("Largest values by layer, " + table.model(), this::chart)
        : Optional.empty();
  }

  private static boolean positive(List<Double> values) {
    return values.stream().allMatch(v -> v > 0 && Double.isFinite(v));
  }

  private XYChart chart() {
    XYChart chart = drawing.lines(Drawing.WIDE, HEIGHT, "layer", "largest |value|");
    Drawing.logarithmicY(chart.getStyler());
    chart.getStyler().setXAxisMaxLabelCount(Math.min(table.layers(), 24));
    chart.getStyler().setMarkerSize(7);
    double[] layers = IntStream.range(0, table.layers()).asDoubleStream().toArray();
    int color = 0;
    for (RangeLine line : table.lines()) {
      if (line.largest().size() < 2 || !positive(line.largest())) {
        continue;
      }
      XYSeries series = chart.addSeries(line.quantity(), layers, array(line.largest()));
      series.setLineColor(Drawing.color(color));
      series.setLineStyle(Drawing.line(2));
      series.setLineWidth(2);
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setMarkerColor(Drawing.color(color));
      if (positive(line.bounds()) && !line.bounds().isEmpty()) {
        XYSeries bound = chart.addSeries(line.quantity() + ", bound", layers, array(line.bounds()));
        bound.setLineColor(Drawing.color(color));
        bound.setLineStyle(Drawing.dashes(1.2f));
        bound.setMarker(SeriesMarkers.NONE);
        bound.setShowInLegend(false);
      }
      color++;
    }
    return chart;
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
