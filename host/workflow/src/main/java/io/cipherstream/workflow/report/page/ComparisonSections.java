package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.ConversionComparison;
import io.cipherstream.workflow.report.ConversionComparison.Cell;
import io.cipherstream.workflow.report.ConversionComparison.Side;
import io.cipherstream.workflow.report.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The sections of a comparison. */
final class ComparisonSections {

  private final ConversionComparison comparison;

  private ComparisonSections(ConversionComparison comparison) {
    this.comparison = comparison;
  }

  static List<PageSection> of(ConversionComparison comparison) {
    ComparisonSections made = new ComparisonSections(comparison);
    List<PageSection> out = new ArrayList<>();
    out.add(made.sides());
    out.add(made.scores());
    out.add(made.times());
    if (!comparison.options().isEmpty()) {
      out.add(made.texts("options", "Options that differ", comparison.options()));
    }
    if (!comparison.host().isEmpty()) {
      out.add(made.texts("machines", "Machines", comparison.host()));
    }
    if (!comparison.remarks().isEmpty()) {
      out.add(new PageSection("remarks", "Keep in mind").list(comparison.remarks()));
    }
    return out;
  }

  private PageSection sides() {
    List<List<PageCell>> rows = new ArrayList<>();
    for (Side side : comparison.sides()) {
      rows.add(
          List.of(
              PageCell.of(side.label()),
              PageCell.of(side.name(), "text"),
              PageCell.of(side.modelSource(), "text"),
              PageCell.of(side.seeds().toString().replaceAll("[\\[\\]]", "")),
              PageCell.of(Figures.time(side.seconds())),
              PageCell.of(side.finished() ? "" : "not finished", "bad")));
    }
    return new PageSection("sides", "What is compared")
        .figures(List.of("", "model", "made from", "seeds", "time", ""), rows);
  }

  private PageSection scores() {
    List<List<PageCell>> rows = new ArrayList<>();
    for (ConversionComparison.ScoreRow row : comparison.scores()) {
      List<PageCell> line = new ArrayList<>();
      line.add(PageCell.of(row.name()));
      line.add(PageCell.of(row.metric(), "text"));
      for (@Nullable Cell cell : row.cells()) {
        line.add(
            cell == null
                ? PageCell.of("–", "quiet")
                : PageCell.of(cell.text(), style(cell.fromBaseline()))
                    .below(cell.differenceText()));
      }
      rows.add(line);
    }
    return new PageSection("scores", "Scores")
        .figures(head("", "score"), rows)
        .paragraph(
            "In hundredths, ± one standard error of drawing other examples; for several seeds"
                + " their mean and standard deviation. Below: the difference from A, paired by"
                + " example where predictions are known; * beyond two standard errors. Others are"
                + " not distinguishable.");
  }

  private static String style(@Nullable Difference difference) {
    return difference == null ? "" : difference.above() ? "good" : difference.below() ? "bad" : "";
  }

  private PageSection times() {
    List<List<PageCell>> rows = new ArrayList<>();
    for (ConversionComparison.TimeRow row : comparison.times()) {
      List<PageCell> line = new ArrayList<>(List.of(PageCell.of(row.stage())));
      row.seconds().forEach(s -> line.add(PageCell.of(s == null ? "–" : Figures.time(s))));
      rows.add(line);
    }
    List<PageCell> all = new ArrayList<>(List.of(PageCell.of("all", "strong")));
    comparison.sides().forEach(s -> all.add(PageCell.of(Figures.time(s.seconds()), "strong")));
    rows.add(all);
    return new PageSection("times", "Time").figures(head("stage"), rows);
  }

  private PageSection texts(String id, String title, List<ConversionComparison.TextRow> texts) {
    List<List<PageCell>> rows = new ArrayList<>();
    for (ConversionComparison.TextRow row : texts) {
      List<PageCell> line = new ArrayList<>(List.of(PageCell.of(row.key())));
      row.values().forEach(v -> line.add(PageCell.of(Objects.requireNonNullElse(v, "–"), "text")));
      rows.add(line);
    }
    return new PageSection(id, title).figures(head(""), rows);
  }

  private List<String> head(String... first) {
    List<String> head = new ArrayList<>(List.of(first));
    comparison.sides().forEach(s -> head.add(s.label()));
    return head;
  }
}
