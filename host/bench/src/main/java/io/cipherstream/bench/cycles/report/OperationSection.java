package io.cipherstream.bench.cycles.report;

import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rotations and products. */
final class OperationSection {

  private final CycleReport report;
  private final Drawing drawing;

  OperationSection(CycleReport report, Drawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  PageSection section() {
    List<List<PageCell>> rows = new ArrayList<>();
    for (CycleMeasurement m : operationsMeasured()) {
      List<PageCell> cells = new ArrayList<>(PageCell.row(m.what().toString(), core(m)));
      cells.addAll(PageCell.row(Figures.count(m.instructions())));
      cells.add(CyclePage.figure(m, Figures.count(m.cycles())));
      cells.addAll(PageCell.row(Figures.count(m.butterflyBound())));
      cells.add(
          CyclePage.figure(m, String.format(Locale.ROOT, "%.3f", m.cycles() / m.butterflyBound())));
      cells.add(CyclePage.figure(m, Figures.percent(m.butterflyBound() / m.cycles(), 1)));
      cells.add(CyclePage.figure(m, Figures.percent(m.wordBound() / m.cycles(), 1)));
      double clock = report.core(m.configuration()).clockMhz();
      cells.add(CyclePage.figure(m, Figures.time(m.cycles() / (clock * 1e6))));
      rows.add(cells);
    }
    PageSection section =
        new PageSection("operations", "Rotations and products")
            .paragraph(
                "Programs as the appliance compiles them, one submission each. A rotation is an"
                    + " automorphism and a key switch of L limbs. The product is a 128×128 matrix"
                    + " by 16 baby and 8 giant steps. Words: streams, product lanes or"
                    + " memory ports, whichever has most to do. Time is cycles divided by the clock that the"
                    + " configuration states.");
    CycleCharts.byCore(
            report,
            "Cycles as a multiple of the bound of the busiest unit",
            "cycles / bound",
            c -> !c.perLimb(),
            m -> m.cycles() / m.bound())
        .addTo(section, drawing);
    return section.figures(
        List.of(
            "program",
            "core",
            "instructions",
            "cycles",
            "butterfly bound",
            "cycles / bound",
            "butterflies busy",
            "words busy",
            "time at stated clock"),
        rows);
  }

  private List<CycleMeasurement> operationsMeasured() {
    return report.measurements().stream().filter(m -> !m.what().perLimb()).toList();
  }

  private String core(CycleMeasurement m) {
    return report.core(m.configuration()).label();
  }
}
