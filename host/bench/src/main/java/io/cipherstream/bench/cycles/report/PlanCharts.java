package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.report.ChartDrawing;
import io.cipherstream.bench.report.ChartImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;

/** Draws what cards would do by prediction, beside published figures. */
final class PlanCharts {

  private final CycleReport report;
  private final ChartDrawing drawing;

  PlanCharts(CycleReport report, ChartDrawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  List<ChartImage> images() {
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
          ChartDrawing.logarithmic(chart);
          return chart;
        });
  }

  private static String label(CardPlan plan) {
    return plan.board().replaceFirst("alveo-", "") + " × " + plan.units();
  }
}
