package io.cipherstream.bench.cycles.report;

import static io.cipherstream.bench.cycles.report.CycleSection.figure;
import static io.cipherstream.bench.cycles.report.CycleSection.row;
import static io.cipherstream.bench.cycles.report.CycleSection.tables;

import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.bench.cycles.report.CycleSection.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Transforms and word-wise instructions: cycles per limb. */
final class LimbSections {

  private final CycleReport report;
  private final CycleCharts charts;

  LimbSections(CycleReport report, CycleCharts charts) {
    this.report = report;
    this.charts = charts;
  }

  CycleSection transforms() {
    return new CycleSection(
        "Transforms",
        List.of(
            "Cycles per transform of N points, independent limbs over four moduli, root tables not"
                + " on chip at first. Beside each figure the share of the butterfly slots that were"
                + " used: log₂N·N/2P cycles are the least."),
        charts.transforms(),
        tables("Cycles per limb", perCore("program"), perLimb(Kind.TRANSFORM)));
  }

  CycleSection wordwise() {
    return new CycleSection(
        "Word-wise instructions",
        List.of(
            "Cycles per limb in programs of 16. Beside each figure the share of the words that the"
                + " unit and its ports could have taken: N/min(P, words of a beat) cycles are the"
                + " least. MAC weights has a row of 128 weights as operand b; in a MAC chain all"
                + " products go to one sum, so each waits for the one before."),
        charts.wordwise(),
        tables("Cycles per limb", perCore("program"), perLimb(Kind.WORDWISE)));
  }

  private List<String> perCore(String first) {
    List<String> head = new ArrayList<>(List.of(first));
    report.cores().forEach(c -> head.add(c.label()));
    return head;
  }

  private List<List<Cell>> perLimb(Kind kind) {
    Set<CycleCase> cases = new LinkedHashSet<>();
    report.measurements().stream()
        .map(CycleMeasurement::what)
        .filter(what -> what.kind() == kind)
        .sorted(Comparator.comparingInt(CycleCase::degree))
        .forEach(cases::add);
    List<List<Cell>> rows = new ArrayList<>();
    int degree = 0;
    for (CycleCase what : cases) {
      if (rows.isEmpty() || what.degree() != degree) {
        degree = what.degree();
        rows.add(least(what));
      }
      List<Cell> cells = new ArrayList<>(row(what.toString()));
      for (Core core : report.cores()) {
        cells.add(
            report
                .find(core.configuration(), what)
                .map(LimbSections::perLimb)
                .orElse(new Cell("–", "none")));
      }
      rows.add(cells);
    }
    return rows;
  }

  /** The bound of a limb on each core. */
  private List<Cell> least(CycleCase what) {
    List<Cell> cells = new ArrayList<>(row("least, N = " + what.degree()));
    for (Core core : report.cores()) {
      String bound =
          report
              .find(core.configuration(), what)
              .map(m -> CycleFigures.whole(m.bound() / what.units()))
              .orElse("–");
      cells.add(new Cell(bound, "least"));
    }
    return cells;
  }

  private static Cell perLimb(CycleMeasurement m) {
    return figure(
        m,
        CycleFigures.whole(m.cycles() / m.what().units())
            + " · "
            + CycleFigures.percent(m.utilisation()));
  }
}
