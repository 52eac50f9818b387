package io.cipherstream.bench.cycles.report;

import static io.cipherstream.bench.cycles.report.CycleSection.row;
import static io.cipherstream.bench.cycles.report.CycleSection.tables;

import io.cipherstream.bench.cycles.report.CycleSection.Cell;
import java.util.ArrayList;
import java.util.List;

/** How well the model predicts what the simulation then shows. */
final class PredictionSection {

  private final CycleReport report;
  private final PredictionChart chart;

  PredictionSection(CycleReport report, PredictionChart chart) {
    this.report = report;
    this.chart = chart;
  }

  CycleSection section() {
    List<CycleMeasurement> both =
        report.measurements().stream().filter(m -> m.simulated() != null).toList();
    List<List<Cell>> rows = new ArrayList<>();
    for (CycleMeasurement m : both) {
      rows.add(
          row(
              m.what().toString(),
              report.core(m.configuration()).label(),
              CycleFigures.whole(m.cycles()),
              CycleFigures.whole(m.predicted().cycles()),
              CycleFigures.signed(m.error())));
    }
    return new CycleSection(
        "Prediction and simulation",
        List.of(
            "The model follows instructions, not registers: queues, units and memory with the"
                + " core's own parameters, nothing fitted to the simulation.",
            summary(both)),
        both.isEmpty() ? List.of() : chart.images(both),
        tables("", List.of("program", "core", "simulated", "predicted", "difference"), rows));
  }

  /** Mean and worst error, in words. */
  static String summary(List<CycleMeasurement> both) {
    double mean = both.stream().mapToDouble(m -> Math.abs(m.error())).average().orElse(0);
    CycleMeasurement worst =
        both.stream()
            .max(java.util.Comparator.comparingDouble(m -> Math.abs(m.error())))
            .orElse(null);
    return worst == null
        ? "Nothing was simulated."
        : both.size()
            + " programs: "
            + CycleFigures.percent(mean)
            + " off on average; worst "
            + CycleFigures.signed(worst.error())
            + ", "
            + worst.what()
            + " on "
            + worst.configuration()
            + ".";
  }
}
