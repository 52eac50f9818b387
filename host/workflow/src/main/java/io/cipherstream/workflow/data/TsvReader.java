package io.cipherstream.workflow.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads tab-separated texts. There is no quoting and no escape, as in GLUE's files: a quotation
 * mark is text, a tab ends a column. Blank lines are skipped, a byte order mark too.
 */
public final class TsvReader {

  private static final CSVFormat FORMAT =
      CSVFormat.Builder.create()
          .setDelimiter('\t')
          .setQuote(null)
          .setIgnoreEmptyLines(false)
          .setIgnoreSurroundingSpaces(false)
          .get();

  private final Task task;
  private final Columns columns;
  private final Limits limits;

  /** A reader with {@link Limits#DEFAULT}. */
  public TsvReader(Task task, Columns columns) {
    this(task, columns, Limits.DEFAULT);
  }

  /**
   * @throws DataException of kind TASK if the columns do not fit the task
   */
  public TsvReader(Task task, Columns columns, Limits limits) {
    this.task = task;
    this.columns = columns;
    this.limits = limits;
    if (task.pair() != (columns.second() != null)) {
      throw new DataException(
          DataException.Kind.TASK,
          "task "
              + task.name()
              + (task.pair() ? " has pairs: name the second text's column" : " has no pairs"));
    }
    TargetText.check(task, columns);
  }

  /**
   * All examples of a file.
   *
   * @throws DataException of kind NOT_FOUND, EMPTY, COLUMN_MISSING, ROW, LABEL, TARGET, TEXT,
   *     TOO_LARGE, ENCODING or IO; nothing is returned then
   */
  public List<TextExample> read(Path file) {
    try (BufferedReader in = TextFile.open(file, limits);
        CSVParser parser = CSVParser.builder().setReader(in).setFormat(FORMAT).get()) {
      return read(file.toString(), parser);
    } catch (IOException | UncheckedIOException e) {
      throw TextFile.failed(file, e);
    }
  }

  private List<TextExample> read(String file, CSVParser parser) {
    Iterator<CSVRecord> rows = parser.iterator();
    if (!rows.hasNext()) {
      throw new DataException(
          DataException.Kind.EMPTY, file + " is empty: expected " + expectedColumns());
    }
    RowLayout layout = null;
    if (columns.header()) {
      layout = RowLayout.named(file, columns, List.of(rows.next().values()));
    }
    List<TextExample> out = new ArrayList<>();
    TargetText targets = new TargetText(task, columns);
    while (rows.hasNext()) {
      CSVRecord row = rows.next();
      int line = Math.toIntExact(row.getRecordNumber());
      if (row.size() == 1 && row.get(0).isBlank()) {
        continue;
      }
      if (layout == null) {
        layout = RowLayout.numbered(file, columns, row.size());
      }
      String at = file + " line " + line;
      layout.check(at, row.size());
      if (out.size() == limits.examplesMax()) {
        throw limits.tooMany(file);
      }
      out.add(
          new TextExample(
              line,
              text(at, row.get(layout.first())),
              layout.second() < 0 ? null : text(at, row.get(layout.second())),
              targets.parse(at, row.get(layout.target()))));
    }
    if (out.isEmpty()) {
      throw new DataException(DataException.Kind.EMPTY, file + " has a header and no examples");
    }
    return List.copyOf(out);
  }

  private String expectedColumns() {
    return columns.header()
        ? "a header with " + IntStream.range(0, 3).mapToObj(this::column).distinct().toList()
        : "rows of tab-separated columns";
  }

  private String column(int i) {
    String second = columns.second();
    return i == 0 ? columns.first() : i == 1 && second != null ? second : columns.target();
  }

  private static String text(String at, String text) {
    if (text.isBlank()) {
      throw new DataException(
          DataException.Kind.TEXT, at + ": an empty text; remove the row or fill it in");
    }
    return text;
  }
}
