package io.cipherstream.report;

import java.util.List;

/**
 * A table; the first cell of a row is its head. One of many rows is folded up.
 *
 * @param style class of the style sheet: figures, or facts for keys and values
 * @param head titles of the columns; empty for none
 * @param rows as many cells each as there are columns
 */
public record PageTable(String style, List<String> head, List<List<PageCell>> rows) {

  private static final int UNFOLDED_MAX = 40;

  /** Whether a column is of text, by its first cell. */
  public boolean textColumn(int column) {
    return !rows.isEmpty() && rows.get(0).get(column).style().equals("text");
  }

  /** Whether it has so many rows that they are shown on demand. */
  public boolean folded() {
    return rows.size() > UNFOLDED_MAX;
  }
}
