package io.cipherstream.workflow.report;

import io.cipherstream.report.Figures;
import io.cipherstream.workflow.report.ConversionComparison.Cell;
import io.cipherstream.workflow.report.ConversionComparison.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A comparison for a terminal. */
final class ComparisonText {

  private final ConversionComparison comparison;

  ComparisonText(ConversionComparison comparison) {
    this.comparison = comparison;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append("Task ").append(comparison.task()).append('\n');
    for (Side side : comparison.sides()) {
      out.append("  ")
          .append(side.label())
          .append("  ")
          .append(side.name())
          .append(", from ")
          .append(side.modelSource())
          .append(", seeds ")
          .append(side.seeds())
          .append(", ")
          .append(Figures.time(side.seconds()))
          .append(side.finished() ? "" : ", not finished")
          .append('\n');
    }
    section(
        out,
        "Scores, in hundredths; below each its difference from A (* beyond two standard"
            + " errors)",
        scores());
    section(out, "Time", times());
    section(out, "Options that differ", texts(comparison.options()));
    section(out, "Machines", texts(comparison.host()));
    if (!comparison.remarks().isEmpty()) {
      out.append("\nKeep in mind\n");
      comparison.remarks().forEach(r -> out.append("  ").append(r).append('\n'));
    }
    return out.toString();
  }

  private void section(StringBuilder out, String title, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    out.append('\n').append(title).append('\n');
    List<String> head = new ArrayList<>(List.of(""));
    comparison.sides().forEach(s -> head.add(s.label()));
    List<List<String>> all = new ArrayList<>(List.of(head));
    all.addAll(rows);
    int[] widths = new int[head.size()];
    for (List<String> row : all) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder("  ");
      for (int c = 0; c < widths.length; c++) {
        line.append(row.get(c)).append(" ".repeat(widths[c] - row.get(c).length() + 3));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private List<List<String>> scores() {
    List<List<String>> rows = new ArrayList<>();
    for (ConversionComparison.ScoreRow row : comparison.scores()) {
      List<String> values = new ArrayList<>(List.of(row.name() + ", " + row.metric()));
      List<String> differences = new ArrayList<>(List.of(""));
      for (@Nullable Cell cell : row.cells()) {
        values.add(cell == null ? "–" : cell.text());
        differences.add(cell == null ? "" : cell.differenceText());
      }
      rows.add(values);
      if (differences.stream().anyMatch(d -> !d.isEmpty())) {
        rows.add(differences);
      }
    }
    return rows;
  }

  private List<List<String>> times() {
    List<List<String>> rows = new ArrayList<>();
    for (ConversionComparison.TimeRow row : comparison.times()) {
      List<String> line = new ArrayList<>(List.of(row.stage()));
      row.seconds().forEach(s -> line.add(s == null ? "–" : Figures.time(s)));
      rows.add(line);
    }
    List<String> all = new ArrayList<>(List.of("all"));
    comparison.sides().forEach(s -> all.add(Figures.time(s.seconds())));
    rows.add(all);
    return rows;
  }

  private static List<List<String>> texts(List<ConversionComparison.TextRow> texts) {
    List<List<String>> rows = new ArrayList<>();
    for (ConversionComparison.TextRow row : texts) {
      List<String> line = new ArrayList<>(List.of(row.key()));
      row.values().forEach(v -> line.add(Objects.requireNonNullElse(v, "–")));
      rows.add(line);
    }
    return rows;
  }
}
