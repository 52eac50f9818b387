package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.report.BarChart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Draws simulated cycles by case and core. */
final class CycleCharts {

  private CycleCharts() {}

  /** A chart with a bar for each case and core that was simulated; cases by degree. */
  static BarChart byCore(
      CycleReport report,
      String title,
      String unit,
      Predicate<CycleCase> wanted,
      ToDoubleFunction<CycleMeasurement> value) {
    List<CycleCase> cases =
        report.measurements().stream()
            .map(CycleMeasurement::what)
            .filter(wanted)
            .distinct()
            .sorted(Comparator.comparingInt(CycleCase::degree))
            .toList();
    BarChart chart = new BarChart(title, unit, cases.stream().map(CycleCharts::label).toList());
    for (Core core : report.cores()) {
      List<@Nullable Double> values = new ArrayList<>();
      for (CycleCase what : cases) {
        values.add(
            report
                .find(core.configuration(), what)
                .filter(m -> m.simulated() != null)
                .map(value::applyAsDouble)
                .orElse(null));
      }
      chart.add(core.label(), values);
    }
    return chart;
  }

  static String label(CycleCase what) {
    return switch (what.kind()) {
      case TRANSFORM -> "N = " + what.degree();
      case WORDWISE -> what.name();
      case ROTATION, PRODUCT -> what.name() + " " + what.degree() + "/" + what.limbs();
    };
  }
}
