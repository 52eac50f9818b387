package io.cipherstream.bench.cycles.report;

import static io.cipherstream.bench.cycles.report.CycleSection.row;
import static io.cipherstream.bench.cycles.report.CycleSection.tables;

import io.cipherstream.bench.cycles.report.CycleSection.Cell;
import java.util.ArrayList;
import java.util.List;

/** Goals, and whether the simulation reached them. */
final class GoalSection {

  private final CycleReport report;

  GoalSection(CycleReport report) {
    this.report = report;
  }

  CycleSection section() {
    List<List<Cell>> rows = new ArrayList<>();
    for (CycleGoal goal : CycleGoal.of(report)) {
      List<Cell> cells =
          new ArrayList<>(
              row(
                  goal.text(),
                  report.core(goal.of().configuration()).label(),
                  CycleFigures.whole(goal.of().cycles()),
                  goal.limitText()));
      cells.add(new Cell(goal.figure(), goal.holds() ? "good" : "bad"));
      cells.add(new Cell(goal.holds() ? "holds" : "does not hold", goal.holds() ? "good" : "bad"));
      rows.add(cells);
    }
    return new CycleSection(
        "Goals",
        List.of(
            "Simulated cycles of the whole core at N = 8192: from the start of the program to its"
                + " result in memory, descriptors, tables, loads and stores included."),
        List.of(),
        tables("", List.of("", "core", "cycles", "goal", "simulated", ""), rows));
  }
}
