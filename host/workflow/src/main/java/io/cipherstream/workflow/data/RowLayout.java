package io.cipherstream.workflow.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the columns stand in every row of one file.
 *
 * @param width columns of a row
 * @param first index of the first text
 * @param second index of the second text, or -1
 * @param target index of the target
 */
record RowLayout(int width, int first, int second, int target) {

  /**
   * @throws DataException of kind COLUMN_MISSING, naming the column and the header that came
   */
  static RowLayout named(Rows rows, Columns columns, List<String> header) {
    List<String> names = header.stream().map(String::strip).toList();
    return new RowLayout(
        names.size(),
        index(rows, columns.first(), names),
        index(rows, columns.second(), names),
        index(rows, columns.target(), names));
  }

  private static int index(Rows rows, @Nullable String column, List<String> names) {
    if (column == null) {
      return -1;
    }
    int at = names.indexOf(column);
    if (at < 0) {
      throw new DataException(
          DataException.Kind.COLUMN_MISSING,
          rows.name()
              + " has no column '"
              + column
              + "': its header is "
              + TextLines.shortened(String.join(" | ", names))
              + (names.size() == 1
                  ? "; are the columns separated by "
                      + rows.separators()
                      + "? (by commas in a file named .csv, else by tabs)"
                  : ""));
    }
    return at;
  }

  /**
   * @param width columns of the first row
   * @throws DataException of kind COLUMN_MISSING if a column lies beyond them
   */
  static RowLayout numbered(Rows rows, Columns columns, int width) {
    String second = columns.second();
    RowLayout layout =
        new RowLayout(
            width,
            number(columns.first()),
            second == null ? -1 : number(second),
            number(columns.target()));
    int last = Math.max(layout.first, Math.max(layout.second, layout.target));
    if (last >= width) {
      throw new DataException(
          DataException.Kind.COLUMN_MISSING,
          rows.name()
              + " has no column "
              + last
              + ": its first row has "
              + width
              + " columns, from 0");
    }
    return layout;
  }

  private static int number(String column) {
    try {
      int number = Integer.parseInt(column);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new DataException(
        DataException.Kind.TASK,
        "column '" + column + "': without a header, columns are numbers from 0");
  }

  /**
   * @throws DataException of kind ROW
   */
  void check(Rows rows, Rows.Row row) {
    int columns = row.cells().size();
    if (columns != width) {
      throw new DataException(
          DataException.Kind.ROW,
          rows.name()
              + " line "
              + row.line()
              + " has "
              + columns
              + " columns: expected "
              + width
              + (columns > width ? "; are there " + rows.separators() + " inside a text?" : ""));
    }
  }
}
