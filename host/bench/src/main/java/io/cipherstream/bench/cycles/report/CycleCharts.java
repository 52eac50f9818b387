package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.bench.report.ChartDrawing;
import io.cipherstream.bench.report.ChartImage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the charts of the cycle report, of simulated figures unless they say otherwise. */
final class CycleCharts {

  private static final int DEGREE = 8192;
  private static final int BATCH = 16;
  private static final int FIRST_COLOR = 2;

  private final CycleReport report;
  private final ChartDrawing drawing;

  CycleCharts(CycleReport report, ChartDrawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  List<ChartImage> transforms() {
    List<CycleCase> cases =
        cases(c -> c.kind() == Kind.TRANSFORM && c.limbs() == BATCH && c.name().equals("NTT"));
    List<ChartImage> charts = new ArrayList<>();
    byCore(
            "Cycles per transform, batch of 16",
            "cycles",
            cases,
            m -> m.cycles() / m.what().units(),
            true)
        .ifPresent(charts::add);
    byCore("Butterfly slots used, batch of 16 NTT", "%", cases, m -> 100 * m.utilisation(), false)
        .ifPresent(charts::add);
    return charts;
  }

  List<ChartImage> wordwise() {
    List<CycleCase> cases = cases(c -> c.kind() == Kind.WORDWISE && c.degree() == DEGREE);
    return byCore(
            "Cycles per limb of word-wise instructions, N = 8192",
            "cycles",
            cases,
            m -> m.cycles() / m.what().units(),
            true)
        .stream()
        .toList();
  }

  List<ChartImage> operations() {
    List<CycleCase> cases = cases(c -> !c.perLimb());
    return byCore(
            "Cycles as a multiple of the bound of the busier unit",
            "cycles / bound",
            cases,
            m -> m.cycles() / m.bound(),
            false)
        .stream()
        .toList();
  }

  List<ChartImage> bytes() {
    List<CycleMeasurement> shown =
        report.measurements().stream()
            .filter(m -> m.simulated() != null && !m.what().perLimb())
            .filter(m -> !m.counts().bytes().isEmpty())
            .filter(m -> m.configuration().equals(last(m.what())))
            .toList();
    if (shown.isEmpty()) {
      return List.of();
    }
    String title = "MB moved by port (" + MeasuredSections.name(last()) + ")";
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
    List<String> names = shown.stream().map(m -> label(m.what())).toList();
    int color = FIRST_COLOR;
    for (String port : ports) {
      List<Double> values =
          shown.stream().map(m -> m.counts().bytes().getOrDefault(port, 0L) / 1e6).toList();
      chart
          .addSeries(MeasuredSections.portName(port), names, values)
          .setFillColor(ChartDrawing.color(color++));
    }
    return chart;
  }

  /** Predicted over simulated cycles, both logarithmic, with the line where they are equal. */
  List<ChartImage> accuracy(List<CycleMeasurement> both) {
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
    int color = FIRST_COLOR;
    for (Core core : report.cores()) {
      List<CycleMeasurement> own =
          both.stream().filter(m -> m.configuration().equals(core.configuration())).toList();
      if (!own.isEmpty()) {
        var points =
            chart.addSeries(
                MeasuredSections.name(core),
                own.stream().mapToDouble(CycleMeasurement::cycles).toArray(),
                own.stream().mapToDouble(m -> m.predicted().cycles()).toArray());
        points.setXYSeriesRenderStyle(org.knowm.xchart.XYSeries.XYSeriesRenderStyle.Scatter);
        points.setMarkerColor(ChartDrawing.color(color++));
      }
    }
    return chart;
  }

  List<ChartImage> plans() {
    List<ChartImage> charts = new ArrayList<>();
    if (!report.plans().isEmpty()) {
      planChart(
              "Transforms a second, predicted, cores with the most lanes",
              Yardstick::nttPerSecond,
              CardPlan.Rate::nttPerSecond)
          .ifPresent(charts::add);
      planChart(
              "Key switches a second, predicted, cores with the most lanes",
              Yardstick::keySwitchesPerSecond,
              CardPlan.Rate::keySwitchesPerSecond)
          .ifPresent(charts::add);
    }
    return charts;
  }

  private Optional<ChartImage> planChart(
      String title, ToDoubleFunction<Yardstick> published, ToDoubleFunction<CardPlan.Rate> rate) {
    int widest = report.plans().stream().mapToInt(CardPlan::lanes).max().orElse(0);
    List<CardPlan> shown = report.plans().stream().filter(p -> p.lanes() == widest).toList();
    return drawing.image(
        title,
        () -> {
          CategoryChart chart = ChartDrawing.bars(title, "a second");
          List<String> names = Yardstick.HEAX.stream().map(y -> "N = " + y.degree()).toList();
          chart
              .addSeries(
                  "HEAX", names, Yardstick.HEAX.stream().map(published::applyAsDouble).toList())
              .setFillColor(ChartDrawing.color(0));
          int color = 1;
          for (CardPlan plan : shown) {
            List<@Nullable Double> values = new ArrayList<>();
            for (Yardstick y : Yardstick.HEAX) {
              CardPlan.@Nullable Rate at = plan.at(y.degree());
              values.add(at == null ? null : rate.applyAsDouble(at));
            }
            chart.addSeries(label(plan), names, values).setFillColor(ChartDrawing.color(color++));
          }
          logarithmic(chart);
          return chart;
        });
  }

  /** Bars on a logarithmic axis begin at the power of ten below the least. */
  private static void logarithmic(CategoryChart chart) {
    double least =
        chart.getSeriesMap().values().stream()
            .flatMap(series -> series.getYData().stream())
            .filter(Objects::nonNull)
            .mapToDouble(Number::doubleValue)
            .min()
            .orElse(1);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
  }

  private Optional<ChartImage> byCore(
      String title,
      String unit,
      List<CycleCase> cases,
      ToDoubleFunction<CycleMeasurement> value,
      boolean logarithmic) {
    if (cases.isEmpty()) {
      return Optional.empty();
    }
    return drawing.image(
        title,
        () -> {
          CategoryChart chart = ChartDrawing.bars(title, unit);
          List<String> names = cases.stream().map(CycleCharts::label).toList();
          int color = FIRST_COLOR;
          for (Core core : report.cores()) {
            List<@Nullable Double> values = new ArrayList<>();
            for (CycleCase what : cases) {
              values.add(
                  report
                      .find(core.configuration(), what)
                      .filter(m -> m.simulated() != null)
                      .map(m -> value.applyAsDouble(m))
                      .orElse(null));
            }
            if (values.stream().anyMatch(Objects::nonNull)) {
              chart
                  .addSeries(MeasuredSections.name(core), names, values)
                  .setFillColor(ChartDrawing.color(color++));
            }
          }
          if (logarithmic) {
            logarithmic(chart);
          }
          return chart;
        });
  }

  private static String label(CardPlan plan) {
    return plan.board().replaceFirst("alveo-", "") + " × " + plan.units();
  }

  private static String label(CycleCase what) {
    return switch (what.kind()) {
      case TRANSFORM -> "N = " + what.degree();
      case WORDWISE -> what.name();
      case ROTATION, PRODUCT -> what.name() + " " + what.degree() + "/" + what.limbs();
    };
  }

  private List<CycleCase> cases(java.util.function.Predicate<CycleCase> wanted) {
    Set<CycleCase> cases = new LinkedHashSet<>();
    report.measurements().stream().map(CycleMeasurement::what).filter(wanted).forEach(cases::add);
    return cases.stream().sorted(java.util.Comparator.comparingInt(CycleCase::degree)).toList();
  }
}
