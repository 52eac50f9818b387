package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.Difference;
import io.cipherstream.workflow.report.ExampleCounts;
import io.cipherstream.workflow.report.Variant;
import io.cipherstream.workflow.report.Variant.Role;
import io.cipherstream.workflow.report.VariantGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every variant's scores, with their errors and differences. */
final class AccuracySection {

  private final AccuracyTable table;
  private boolean unpaired;

  private AccuracySection(AccuracyTable table) {
    this.table = table;
  }

  static PageSection of(Drawing drawing, AccuracyTable table) {
    return new AccuracySection(table).section(drawing);
  }

  private PageSection section(Drawing drawing) {
    List<List<PageCell>> rows = rows();
    List<String> head = new ArrayList<>(List.of("", "seed"));
    head.addAll(table.metrics());
    head.addAll(List.of("from exact", "from the control", "training"));
    return new PageSection("accuracy", "Accuracy")
        .paragraph(examples(table.data()))
        .figures(head, rows)
        .charts(
            AccuracyChart.svg(drawing, table).stream().toList(),
            "Error bars are two standard errors to each side.")
        .paragraph(legend());
  }

  private static String examples(ExampleCounts data) {
    StringBuilder out = new StringBuilder();
    out.append("Trained on ")
        .append(Figures.count(data.training()))
        .append(" examples. ")
        .append(
            data.heldOut() == 0
                ? "No examples were held out of the training file for choices. "
                : "Choices such as which step to keep were made on "
                    + Figures.count(data.heldOut())
                    + " examples held out of the training file. ")
        .append("The figures below are from the ")
        .append(Figures.count(data.dev()))
        .append(" examples of the development set. ")
        .append(
            data.chosenOnDev()
                ? "Something was chosen by looking at the development set, so its figures are too good. "
                : "Nothing was chosen by looking at the development set. ")
        .append(
            data.devTextsInTraining() == 0
                ? "None of its texts is in the training file. "
                : Figures.count(data.devTextsInTraining())
                    + " of its texts are also in the training file. ")
        .append(
            data.trainingCut() + data.devCut() == 0
                ? "No text was too long."
                : "Too long and cut: "
                    + Figures.count(data.trainingCut())
                    + " texts of the training file, "
                    + Figures.count(data.devCut())
                    + " of the development set.");
    return out.toString();
  }

  private List<List<PageCell>> rows() {
    List<List<PageCell>> rows = new ArrayList<>();
    for (VariantGroup group : table.groups()) {
      rows.add(row(group));
      if (group.variants().size() > 1) {
        group.variants().forEach(v -> rows.add(seedRow(v)));
      }
    }
    return rows;
  }

  private List<PageCell> row(VariantGroup group) {
    int seeds = group.variants().size();
    long seed = group.variants().get(0).seed();
    List<PageCell> row = new ArrayList<>();
    row.add(PageCell.of(group.name()));
    row.add(PageCell.of(seeds > 1 ? "mean of " + seeds : seed == 0 ? "" : Long.toString(seed)));
    for (int metric = 0; metric < table.metrics().size(); metric++) {
      PageCell cell =
          PageCell.of(
              seeds > 1
                  ? Figures.mean(group.mean(metric), group.deviation(metric))
                  : Figures.score(group.mean(metric), group.standardError(metric)),
              metric == 0 ? "strong" : "");
      row.add(cell);
    }
    row.add(group.role() == Role.CONVERTED ? difference(group, Role.EXACT) : PageCell.of(""));
    row.add(
        group.role() == Role.CONVERTED || group.role() == Role.EXACT
            ? difference(group, Role.CONTROL)
            : PageCell.of(""));
    row.add(PageCell.of(Figures.time(group.seconds())));
    return row;
  }

  private PageCell difference(VariantGroup group, Role role) {
    Optional<Difference> found = table.difference(group, role);
    if (found.isEmpty()) {
      return PageCell.of("");
    }
    Difference difference = found.get();
    unpaired |= !difference.paired();
    String style = difference.above() ? "good" : difference.below() ? "bad" : "";
    return PageCell.of(difference.text() + (difference.paired() ? "" : " †"), style)
        .below(difference.verdict(role == Role.EXACT ? "exact" : "the control"));
  }

  private List<PageCell> seedRow(Variant variant) {
    List<PageCell> row = new ArrayList<>();
    row.add(PageCell.of("", "quiet"));
    row.add(PageCell.of(Long.toString(variant.seed()), "quiet"));
    for (Score score : variant.scores()) {
      row.add(PageCell.of(Figures.score(score.value(), score.standardError()), "quiet"));
    }
    row.add(PageCell.of(""));
    row.add(PageCell.of(""));
    row.add(PageCell.of(Figures.time(variant.seconds()), "quiet"));
    return row;
  }

  private String legend() {
    boolean seeds = table.groups().stream().anyMatch(g -> g.variants().size() > 1);
    return "Scores are in hundredths, ± one standard error of drawing other examples"
        + (seeds
            ? "; a mean over seeds has the standard deviation (sd) of training with other seeds"
            : "")
        + ". Differences are those of the first score, taken on the same examples: their errors"
        + " come from the examples on which the two models differ"
        + (seeds ? ", and from the seeds" : "")
        + (unpaired
            ? "; those marked † lack predictions, and their errors are upper estimates"
            : "")
        + ". Up to two standard errors a difference is called not distinguishable. The majority"
        + " answers without reading; the control is a linear model on the bag of word pieces, which"
        + " knows neither order nor context.";
  }
}
