package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.VariantGroup;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the first score of every variant, with error bars of two standard errors. */
final class AccuracyChart {

  private static final int HEIGHT = 320;
  private static final int NAME_MAX = 22;

  private AccuracyChart() {}

  /** Empty if fewer than two variants have a score that is defined. */
  static Optional<String> svg(Drawing drawing, AccuracyTable table) {
    List<VariantGroup> shown =
        table.groups().stream()
            .filter(g -> Double.isFinite(g.mean(0)) && Double.isFinite(g.standardError(0)))
            .toList();
    return shown.size() < 2
        ? Optional.empty()
        : drawing.svg(
            table.metrics().get(0) + " of every variant",
            () -> chart(drawing, shown, table.metrics().get(0)));
  }

  private static CategoryChart chart(Drawing drawing, List<VariantGroup> shown, String metric) {
    CategoryChart chart = drawing.categories(Drawing.WIDE, HEIGHT, metric + ", hundredths");
    List<Double> values = shown.stream().map(g -> 100 * g.mean(0)).toList();
    List<Double> errors = shown.stream().map(g -> 200 * g.standardError(0)).toList();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.size(); i++) {
      least = Math.min(least, values.get(i) - errors.get(i));
      most = Math.max(most, values.get(i) + errors.get(i));
    }
    chart.getStyler().setYAxisMin(Math.floor(least / 5) * 5);
    chart.getStyler().setYAxisMax(Math.ceil(most / 5) * 5);
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setMarkerSize(10);
    CategorySeries series =
        chart.addSeries(metric, shown.stream().map(g -> label(g.name())).toList(), values, errors);
    series.setChartCategorySeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Scatter);
    series.setMarker(SeriesMarkers.CIRCLE);
    series.setMarkerColor(Drawing.INK);
    series.setLineColor(Drawing.INK);
    return chart;
  }

  private static String label(String name) {
    return name.length() <= NAME_MAX ? name : name.substring(0, NAME_MAX - 1) + "…";
  }
}
