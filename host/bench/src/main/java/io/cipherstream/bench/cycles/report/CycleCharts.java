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

/** Draws simulated cycles by case and core. */
final class CycleCharts {

  private static final int DEGREE = 8192;
  private static final int BATCH = 16;
  static final int FIRST_COLOR = 2;

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
                  .addSeries(core.label(), names, values)
                  .setFillColor(ChartDrawing.color(color++));
            }
          }
          if (logarithmic) {
            ChartDrawing.logarithmic(chart);
          }
          return chart;
        });
  }

  static String label(CycleCase what) {
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
