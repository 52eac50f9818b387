package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.bench.cycles.report.CycleReport.Core;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Transforms and word-wise instructions: cycles per limb. */
final class LimbSections {

  private static final int DEGREE = 8192;
  private static final int BATCH = 16;

  private final CycleReport report;
  private final Drawing drawing;

  LimbSections(CycleReport report, Drawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  PageSection transforms() {
    PageSection section =
        new PageSection("transforms", "Transforms")
            .paragraph(
                "Cycles per transform of N points, independent limbs over four moduli, root tables"
                    + " not on chip at first. Beside each figure the share of the butterfly slots"
                    + " that were used: log₂N·N/2P cycles are the least.");
    Predicate<CycleCase> batches =
        c -> c.kind() == Kind.TRANSFORM && c.limbs() == BATCH && c.name().equals("NTT");
    CycleCharts.byCore(
            report, "Cycles per transform, batch of 16", "cycles", batches, LimbSections::ofOneLimb)
        .logarithmic()
        .addTo(section, drawing);
    CycleCharts.byCore(
            report,
            "Butterfly slots used, batch of 16 NTT",
            "%",
            batches,
            m -> 100 * m.utilisation())
        .addTo(section, drawing);
    return addTable(section, Kind.TRANSFORM);
  }

  PageSection wordwise() {
    PageSection section =
        new PageSection("wordwise", "Word-wise instructions")
            .paragraph(
                "Cycles per limb in programs of 16. Beside each figure the share of the words that"
                    + " the busiest of streams, product lanes and memory ports could have taken. MAC weights has a row of 128 weights as operand b; in a MAC"
                    + " chain all products go to one sum, so each waits for the one before.");
    CycleCharts.byCore(
            report,
            "Cycles per limb of word-wise instructions, N = 8192",
            "cycles",
            c -> c.kind() == Kind.WORDWISE && c.degree() == DEGREE,
            LimbSections::ofOneLimb)
        .logarithmic()
        .addTo(section, drawing);
    return addTable(section, Kind.WORDWISE);
  }

  private static double ofOneLimb(CycleMeasurement m) {
    return m.cycles() / m.what().units();
  }

  private PageSection addTable(PageSection section, Kind kind) {
    List<List<PageCell>> rows = perLimb(kind);
    if (rows.isEmpty()) {
      return section;
    }
    List<String> head = new ArrayList<>(List.of("program"));
    report.cores().forEach(c -> head.add(c.label()));
    return section.heading("Cycles per limb").figures(head, rows);
  }

  private List<List<PageCell>> perLimb(Kind kind) {
    Set<CycleCase> cases = new LinkedHashSet<>();
    report.measurements().stream()
        .map(CycleMeasurement::what)
        .filter(what -> what.kind() == kind)
        .sorted(Comparator.comparingInt(CycleCase::degree))
        .forEach(cases::add);
    List<List<PageCell>> rows = new ArrayList<>();
    int degree = 0;
    for (CycleCase what : cases) {
      if (rows.isEmpty() || what.degree() != degree) {
        degree = what.degree();
        rows.add(least(what));
      }
      List<PageCell> cells = new ArrayList<>(PageCell.row(what.toString()));
      for (Core core : report.cores()) {
        cells.add(
            report
                .find(core.configuration(), what)
                .map(LimbSections::perLimb)
                .orElseGet(CyclePage::none));
      }
      rows.add(cells);
    }
    return rows;
  }

  /** The bound of a limb on each core. */
  private List<PageCell> least(CycleCase what) {
    List<PageCell> cells = new ArrayList<>(PageCell.row("least, N = " + what.degree()));
    for (Core core : report.cores()) {
      String bound =
          report
              .find(core.configuration(), what)
              .map(m -> Figures.count(m.bound() / what.units()))
              .orElse("–");
      cells.add(PageCell.of(bound, "quiet"));
    }
    return cells;
  }

  private static PageCell perLimb(CycleMeasurement m) {
    return CyclePage.figure(
        m, Figures.count(ofOneLimb(m)) + " · " + Figures.percent(m.utilisation(), 1));
  }
}
