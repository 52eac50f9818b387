package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.StageRecord;
import java.util.ArrayList;
import java.util.List;

/** Where the time went. */
final class CostSection {

  private CostSection() {}

  static PageSection of(ConversionReport report) {
    double inStages = report.stages().stream().mapToDouble(s -> s.work().seconds()).sum();
    double all = Math.max(inStages, report.header().seconds());
    List<List<PageCell>> rows = new ArrayList<>();
    for (int i = 0; i < report.stages().size(); i++) {
      StageRecord stage = report.stages().get(i);
      rows.add(row(i + 1 + ". " + stage.name(), stage.work().seconds(), all));
    }
    rows.add(row("outside the stages", all - inStages, all));
    rows.add(
        List.of(
            PageCell.of("all", "strong"),
            PageCell.of(Figures.time(all), "strong"),
            PageCell.of(""),
            PageCell.of("")));
    return new PageSection("costs", "Costs")
        .figures(List.of("stage", "time", "share", ""), rows)
        .paragraph(
            "Wall time. Outside the stages: reading data, the control, evaluations and"
                + " checks that belong to no stage.");
  }

  private static List<PageCell> row(String name, double seconds, double all) {
    double share = all == 0 ? 0 : seconds / all;
    return List.of(
        PageCell.of(name),
        PageCell.of(Figures.time(seconds)),
        PageCell.of(Figures.share(share)),
        PageCell.bar(share));
  }
}
