package io.cipherstream.bench.cycles.report;

import static io.cipherstream.bench.cycles.report.PageSection.figure;
import static io.cipherstream.bench.cycles.report.PageSection.row;

import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Counts;
import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.bench.cycles.report.PageSection.Cell;
import io.cipherstream.bench.cycles.report.PageSection.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was measured, kind by kind. */
final class MeasuredSections {

  private final CycleReport report;
  private final CycleCharts charts;

  MeasuredSections(CycleReport report, CycleCharts charts) {
    this.report = report;
    this.charts = charts;
  }

  /** Goals and whether they are reached. */
  PageSection goals() {
    List<List<Cell>> rows = new ArrayList<>();
    for (CycleGoal goal : CycleGoal.of(report)) {
      List<Cell> cells =
          new ArrayList<>(
              row(
                  goal.text(),
                  core(goal.of()),
                  CycleFigures.whole(goal.of().cycles()),
                  goal.limitText()));
      cells.add(new Cell(goal.figure(), goal.holds() ? "good" : "bad"));
      cells.add(new Cell(goal.holds() ? "holds" : "does not hold", goal.holds() ? "good" : "bad"));
      rows.add(cells);
    }
    return new PageSection(
        "Goals",
        List.of(
            "Simulated cycles of the whole core at N = 8192: from the start of the program to its"
                + " result in memory, descriptors, tables, loads and stores included."),
        List.of(),
        tables("", List.of("", "core", "cycles", "goal", "simulated", ""), rows));
  }

  PageSection transforms() {
    return new PageSection(
        "Transforms",
        List.of(
            "Cycles per transform of N points, independent limbs over four moduli, root tables not"
                + " on chip at first. Beside each figure the share of the butterfly slots that were"
                + " used: log₂N·N/2P cycles are the least."),
        charts.transforms(),
        tables("Cycles per limb", perCore("program"), perLimb(Kind.TRANSFORM)));
  }

  PageSection wordwise() {
    return new PageSection(
        "Word-wise instructions",
        List.of(
            "Cycles per limb in programs of 16. Beside each figure the share of the words that the"
                + " unit and its ports could have taken: N/min(P, words of a beat) cycles are the"
                + " least. MAC weights has a row of 128 weights as operand b; in a MAC chain all"
                + " products go to one sum, so each waits for the one before."),
        charts.wordwise(),
        tables("Cycles per limb", perCore("program"), perLimb(Kind.WORDWISE)));
  }

  PageSection operations() {
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
    return new PageSection(
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

  PageSection bytes() {
    Set<String> ports = new LinkedHashSet<>();
    report.measurements().forEach(m -> ports.addAll(m.counts().bytes().keySet()));
    List<String> head = new ArrayList<>(List.of("program", "core"));
    ports.forEach(p -> head.add(portName(p)));
    head.add("all");
    head.add("bytes a cycle");
    List<List<Cell>> rows = new ArrayList<>();
    for (CycleMeasurement m : report.measurements()) {
      boolean shown = !m.what().perLimb() || m.what().name().equals("NTT");
      if (shown && !m.counts().bytes().isEmpty()) {
        List<Cell> cells = new ArrayList<>(row(m.what().toString(), core(m)));
        for (String port : ports) {
          long bytes = m.counts().bytes().getOrDefault(port, 0L);
          cells.add(bytes == 0 ? new Cell("–", "none") : figure(m, CycleFigures.bytes(bytes)));
        }
        cells.add(figure(m, CycleFigures.bytes(m.counts().allBytes())));
        cells.add(figure(m, CycleFigures.whole(m.counts().allBytes() / m.cycles())));
        rows.add(cells);
      }
    }
    return new PageSection(
        "Bytes moved",
        List.of("Between the core and the card's memory, by port and direction."),
        charts.bytes(),
        tables("", head, rows));
  }

  private List<CycleMeasurement> operationsMeasured() {
    return report.measurements().stream().filter(m -> !m.what().perLimb()).toList();
  }

  private String core(CycleMeasurement m) {
    return name(report.core(m.configuration()));
  }

  static String name(Core core) {
    return "P = " + core.lanes() + (core.nttUnits() == 1 ? "" : ", " + core.nttUnits() + " units");
  }

  static String portName(String port) {
    return port.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  private List<String> perCore(String first) {
    List<String> head = new ArrayList<>(List.of(first));
    report.cores().forEach(c -> head.add(name(c)));
    return head;
  }

  private List<List<Cell>> perLimb(Kind kind) {
    Set<CycleCase> cases = new LinkedHashSet<>();
    report.measurements().stream()
        .map(CycleMeasurement::what)
        .filter(what -> what.kind() == kind)
        .sorted(java.util.Comparator.comparingInt(CycleCase::degree))
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
                .map(MeasuredSections::perLimb)
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

  static List<Table> tables(String title, List<String> head, List<List<Cell>> rows) {
    return rows.isEmpty() ? List.of() : List.of(new Table(title, head, rows));
  }
}
