package io.cipherstream.workflow.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table in a file, blank lines left out. A file whose name ends in {@code .csv} has
 * quoted, comma-separated columns (RFC 4180); any other has tabs and no quotation. Used by one
 * thread.
 */
public interface Rows extends AutoCloseable {

  /**
   * One row.
   *
   * @param line number of its first line, from 1
   * @param cells its columns as they are; none if there is a fault
   * @param fault why it cannot be read, else null
   */
  record Row(int line, List<String> cells, @Nullable DataException fault) {

    /**
     * The columns.
     *
     * @throws DataException the fault, if there is one
     */
    public List<String> get() {
      if (fault != null) {
        throw fault;
      }
      return cells;
    }
  }

  /**
   * Opens a file.
   *
   * @throws DataException of kind NOT_FOUND, TOO_LARGE or IO
   */
  static Rows open(Path file, RowLimits limits) {
    TextLines lines = TextLines.open(file, limits);
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".csv")
        ? new CommaRows(lines, limits)
        : new TabRows(lines);
  }

  /** What messages call the file. */
  String name();

  /** What stands between columns, in the plural. */
  String separators();

  /**
   * The next row, null after the last.
   *
   * @throws DataException if no further row can be told apart: as {@link TextLines#next}; with
   *     quotation also of kind ROW, ENCODING or TOO_LARGE
   */
  @Nullable Row next();

  @Override
  void close();
}
