package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.workflow.report.NormalizerFit;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws s·T(s) − 1 over the logarithm of s. */
final class NormalizerChart {

  private static final int HEIGHT = 300;
  private static final int POINTS = 800;

  private NormalizerChart() {}

  static Optional<String> svg(Drawing drawing, NormalizerFit fit) {
    return drawing.svg("Relative error of T over the row sum", () -> chart(drawing, fit));
  }

  private static XYChart chart(Drawing drawing, NormalizerFit fit) {
    XYChart chart = drawing.lines(Drawing.WIDE, HEIGHT, "row sum s", "s·T(s) − 1, %");
    Drawing.logarithmicX(chart.getStyler());
    chart.getStyler().setLegendVisible(false);
    double[] x = new double[POINTS];
    double[] y = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      x[i] = fit.from() * Math.pow(fit.to() / fit.from(), i / (POINTS - 1.0));
      y[i] = 100 * (x[i] * fit.evaluate(x[i]) - 1);
    }
    XYSeries zero =
        chart.addSeries("zero", new double[] {fit.from(), fit.to()}, new double[] {0, 0});
    zero.setMarker(SeriesMarkers.NONE);
    zero.setLineColor(Drawing.QUIET);
    zero.setLineStyle(Drawing.dashes(1));
    XYSeries error = chart.addSeries("error", x, y);
    error.setMarker(SeriesMarkers.NONE);
    error.setLineColor(Drawing.INK);
    error.setLineStyle(Drawing.line(1.8f));
    return chart;
  }
}
