package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.report.ChartImage;
import java.util.Arrays;
import java.util.List;

/**
 * A part of the page, all of it text.
 *
 * @param paragraphs in front of charts and tables
 */
public record CycleSection(
    String title, List<String> paragraphs, List<ChartImage> charts, List<Table> tables) {

  /**
   * A table.
   *
   * @param title empty for none
   */
  public record Table(String title, List<String> head, List<List<Cell>> rows) {}

  /**
   * A cell.
   *
   * @param style class of the page's style; empty for none
   */
  public record Cell(String text, String style) {}

  /** Style of what was predicted and not simulated. */
  static final String PREDICTED = "predicted";

  /** Mark behind figures that were predicted and not simulated. */
  static final String PREDICTED_MARK = " (p)";

  /** A row of plain cells. */
  static List<Cell> row(String... texts) {
    return Arrays.stream(texts).map(t -> new Cell(t, "")).toList();
  }

  /** A figure of a measurement, marked if it is a prediction. */
  static Cell figure(CycleMeasurement of, String text) {
    return figure(of.simulated() != null, text);
  }

  /** A figure, marked unless it was measured. */
  static Cell figure(boolean measured, String text) {
    return measured ? new Cell(text, "") : new Cell(text + PREDICTED_MARK, PREDICTED);
  }

  /** One table, or none if it has no rows. */
  static List<Table> tables(String title, List<String> head, List<List<Cell>> rows) {
    return rows.isEmpty() ? List.of() : List.of(new Table(title, head, rows));
  }
}
