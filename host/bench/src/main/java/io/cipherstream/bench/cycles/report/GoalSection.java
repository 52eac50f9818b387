package io.cipherstream.bench.cycles.report;

import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.List;

/** Goals, and whether the simulation reached them. */
final class GoalSection {

  private GoalSection() {}

  static PageSection of(CycleReport report) {
    List<List<PageCell>> rows = new ArrayList<>();
    for (CycleGoal goal : CycleGoal.of(report)) {
      String style = goal.holds() ? "good" : "bad";
      List<PageCell> row =
          new ArrayList<>(
              PageCell.row(
                  goal.text(),
                  report.core(goal.of().configuration()).label(),
                  Figures.count(goal.of().cycles()),
                  goal.limitText()));
      row.add(PageCell.of(goal.figure(), style));
      row.add(PageCell.of(goal.holds() ? "holds" : "does not hold", style));
      rows.add(row);
    }
    return new PageSection("goals", "Goals")
        .paragraph(
            "Simulated cycles of the whole core at N = 8192: from the start of the program to its"
                + " result in memory, operations, tables, loads and stores included.")
        .figures(List.of("", "core", "cycles", "goal", "simulated", ""), rows);
  }
}
