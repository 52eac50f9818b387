package io.cipherstream.bench.cycles.report;

import static io.cipherstream.bench.cycles.report.CycleSection.row;

import io.cipherstream.bench.cycles.report.CycleSection.Cell;
import io.cipherstream.bench.cycles.report.CycleSection.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What cards would do by prediction, beside published figures. */
final class PlanSection {

  private final CycleReport report;
  private final PlanCharts charts;

  PlanSection(CycleReport report, PlanCharts charts) {
    this.report = report;
    this.charts = charts;
  }

  CycleSection section() {
    List<Table> tables = new ArrayList<>();
    if (!report.plans().isEmpty()) {
      for (Yardstick y : Yardstick.HEAX) {
        tables.add(table(y));
      }
    }
    return new CycleSection(
        "Planning for cards",
        List.of(
            "Predictions, all of them: cycles of the model, divided by a target clock that nothing"
                + " placed or routed supports, before memory of nominal bandwidth (460 GB/s is all"
                + " of the U280's HBM2, 77 GB/s all four DDR4 banks of the U250; what the committed"
                + " connectivity uses stands beside it) and of the latency in the table. Units"
                + " share the bandwidth evenly. Whether so many units fit a card is not known; the"
                + " boards' configurations as committed have one. Operands and keys are on the"
                + " card.",
            "Yardstick: "
                + Yardstick.SOURCE
                + ". Its transforms are those of one core of 16 butterflies at 300 MHz; its key"
                + " switches come from a chain of such cores on a Stratix 10, so compare them with"
                + " several units, not with one."),
        charts.images(),
        tables);
  }

  private Table table(Yardstick y) {
    List<List<Cell>> rows = new ArrayList<>();
    for (CardPlan plan : report.plans()) {
      CardPlan.Rate rate = plan.at(y.degree());
      if (rate != null) {
        List<Cell> cells =
            new ArrayList<>(
                row(
                    plan.configuration(),
                    Integer.toString(plan.lanes()),
                    Integer.toString(plan.units()),
                    String.format(Locale.ROOT, "%.0f MHz", plan.clockMhz()),
                    String.format(Locale.ROOT, "%.0f GB/s", plan.bytesPerSecond() / 1e9),
                    plan.connected(),
                    plan.latencyCycles() + " cycles"));
        cells.add(predicted(CycleFigures.rate(rate.nttPerSecond())));
        cells.add(predicted(CycleFigures.rate(rate.keySwitchesPerSecond())));
        cells.add(predicted(CycleFigures.bytes((double) rate.keySwitchBytes())));
        cells.add(predicted(CycleFigures.percent(rate.memoryShare())));
        rows.add(cells);
      }
    }
    rows.add(
        row(
            Yardstick.SOURCE,
            "16",
            "1 / chain",
            "300 MHz",
            "",
            "",
            "",
            CycleFigures.rate(y.nttPerSecond()),
            CycleFigures.rate(y.keySwitchesPerSecond()),
            "",
            ""));
    return new Table(
        "N = " + y.degree() + ", key switches at L = " + y.limbs(),
        List.of(
            "configuration",
            "P",
            "units",
            "clock",
            "memory",
            "connected",
            "latency",
            "NTT/s",
            "key switches/s",
            "bytes a key switch",
            "bandwidth used"),
        rows);
  }

  private static Cell predicted(String text) {
    return new Cell(text + CycleSection.PREDICTED_MARK, CycleSection.PREDICTED);
  }
}
