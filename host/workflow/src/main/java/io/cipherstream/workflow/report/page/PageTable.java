package io.cipherstream.workflow.report.page;

import java.util.List;

/**
 * A table; the first cell of a row is its head.
 *
 * @param style class of the style sheet: figures, or facts for keys and values
 * @param head titles of the columns; empty for none
 * @param rows as many cells each as there are columns
 */
public record PageTable(String style, List<String> head, List<List<PageCell>> rows) {

  /** Whether a column is of text, by its first cell. */
  public boolean textColumn(int column) {
    return !rows.isEmpty() && rows.get(0).get(column).style().equals("text");
  }

  static PageTable figures(List<String> head, List<List<PageCell>> rows) {
    return new PageTable("figures", head, rows);
  }

  static PageTable facts(List<List<PageCell>> rows) {
    return new PageTable("facts", List.of(), rows);
  }
}
