package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.workflow.report.CurvePoint;
import io.cipherstream.workflow.report.StageRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a stage's curves: loss, held-out score and learning rate by step. */
final class CurveCharts {

  /** Span of the smoothed loss, as a share of all steps. */
  static final double SPAN_SHARE = 0.03;

  private static final int LOSS_HEIGHT = 300;
  private static final int SMALL_HEIGHT = 230;
  private static final double LOGARITHMIC_FROM = 50;

  private final Drawing drawing;
  private final StageRecord stage;
  private final double[] steps;

  CurveCharts(Drawing drawing, StageRecord stage) {
    this.drawing = drawing;
    this.stage = stage;
    steps = column(CurvePoint::step);
  }

  private double[] column(ToDoubleFunction<CurvePoint> value) {
    return stage.curve().stream().mapToDouble(value).toArray();
  }

  /** The charts of loss, score and rate that have data. */
  List<String> charts() {
    List<String> out = new ArrayList<>();
    double[] loss = column(CurvePoint::loss);
    Thinned raw = Thinned.of(steps, loss);
    if (!raw.isEmpty()) {
      drawing.svg("Loss by step, " + stage.name(), () -> loss(raw, loss)).ifPresent(out::add);
    }
    Thinned score = Thinned.of(steps, column(p -> 100 * p.heldOutScore()));
    if (!score.isEmpty()) {
      drawing
          .svg("Held-out score by step, " + stage.name(), () -> score(score))
          .ifPresent(out::add);
    }
    Thinned rate = Thinned.of(steps, column(CurvePoint::learningRate));
    if (rate.x().length > 1) {
      drawing.svg("Learning rate by step, " + stage.name(), () -> rate(rate)).ifPresent(out::add);
    }
    return out;
  }

  private XYChart loss(Thinned raw, double[] loss) {
    XYChart chart = drawing.lines(Drawing.WIDE, LOSS_HEIGHT, "step", "loss");
    double least = Arrays.stream(raw.y()).min().orElse(0);
    double most = Arrays.stream(raw.y()).max().orElse(0);
    if (least > 0 && most > LOGARITHMIC_FROM * least) {
      Drawing.logarithmicY(chart.getStyler());
    }
    plain(chart, "a batch", raw, Drawing.QUIET, 1);
    double span = Math.max(2, SPAN_SHARE * loss.length);
    plain(chart, "smoothed", Thinned.of(steps, Thinned.smoothed(loss, span)), Drawing.INK, 2.2f);
    return chart;
  }

  private XYChart score(Thinned score) {
    XYChart chart =
        drawing.lines(
            Drawing.HALF,
            SMALL_HEIGHT,
            "step",
            "held-out " + (stage.heldOutMetric().isBlank() ? "score" : stage.heldOutMetric()));
    XYSeries line = plain(chart, "held out", score, Drawing.INK, 1.6f);
    line.setMarker(SeriesMarkers.CIRCLE);
    line.setMarkerColor(Drawing.INK);
    chart.getStyler().setMarkerSize(6);
    if (stage.bestStep() >= 0 && Double.isFinite(stage.bestScore())) {
      XYSeries best =
          chart.addSeries(
              "kept", new double[] {stage.bestStep()}, new double[] {100 * stage.bestScore()});
      best.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
      best.setMarker(SeriesMarkers.DIAMOND);
      best.setMarkerColor(Drawing.ACCENT);
    }
    return chart;
  }

  private XYChart rate(Thinned rate) {
    XYChart chart = drawing.lines(Drawing.HALF, SMALL_HEIGHT, "step", "learning rate");
    plain(chart, "learning rate", rate, Drawing.INK, 1.6f);
    return chart;
  }

  private static XYSeries plain(
      XYChart chart, String name, Thinned data, java.awt.Color color, float width) {
    XYSeries series = chart.addSeries(name, data.x(), data.y());
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(Drawing.line(width));
    series.setLineWidth(width);
    return series;
  }
}
