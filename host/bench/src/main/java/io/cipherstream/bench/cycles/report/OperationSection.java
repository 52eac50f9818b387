package io.cipherstream.bench.cycles.report;

import static io.cipherstream.bench.cycles.report.CycleSection.figure;
import static io.cipherstream.bench.cycles.report.CycleSection.row;
import static io.cipherstream.bench.cycles.report.CycleSection.tables;

import io.cipherstream.bench.cycles.report.CycleMeasurement.Counts;
import io.cipherstream.bench.cycles.report.CycleSection.Cell;
import java.util.ArrayList;
import java.util.List;

/** Rotations and products. */
final class OperationSection {

  private final CycleReport report;
  private final CycleCharts charts;

  OperationSection(CycleReport report, CycleCharts charts) {
    this.report = report;
    this.charts = charts;
  }

  CycleSection section() {
    List<List<Cell>> rows = new ArrayList<>();
    for (CycleMeasurement m : operationsMeasured()) {
      Counts c = m.counts();
      List<Cell> cells = new ArrayList<>(row(m.what().toString(), core(m)));
      cells.addAll(row(CycleFigures.whole(m.instructions())));
      cells.add(figure(m, CycleFigures.whole(m.cycles())));
      cells.addAll(row(CycleFigures.whole(m.butterflyBound())));
      cells.add(figure(m, CycleFigures.ratio(m.cycles() / m.butterflyBound())));
      cells.add(figure(m, CycleFigures.percent(m.butterflyBound() / m.cycles())));
      cells.add(figure(m, CycleFigures.percent(m.wordBound() / m.cycles())));
      cells.add(figure(m, CycleFigures.percent(c.bothBusy() / m.cycles())));
      double clock = report.core(m.configuration()).clockMhz();
      cells.add(figure(m, CycleFigures.time(m.cycles() / (clock * 1e6))));
      rows.add(cells);
    }
    return new CycleSection(
        "Rotations and products",
        List.of(
            "Programs as the appliance compiles them, one submission each. A rotation is an"
                + " automorphism and a key switch of L limbs. The product is a 128×128 matrix by 16"
                + " baby and 8 giant steps. Time is cycles divided by the clock that the"
                + " configuration states."),
        charts.operations(),
        tables(
            "",
            List.of(
                "program",
                "core",
                "instructions",
                "cycles",
                "butterfly bound",
                "cycles / bound",
                "butterflies busy",
                "vector unit busy",
                "both issue",
                "time at stated clock"),
            rows));
  }

  private List<CycleMeasurement> operationsMeasured() {
    return report.measurements().stream().filter(m -> !m.what().perLimb()).toList();
  }

  private String core(CycleMeasurement m) {
    return report.core(m.configuration()).label();
  }
}
