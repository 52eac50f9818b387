package io.cipherstream.workflow.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads tab-separated texts. There is no quoting and no escape, as in GLUE's files: a quotation
 * mark is text, a tab ends a column. Blank lines are skipped, a byte order mark too.
 */
public final class TsvReader {

  private final Task task;
  private final Columns columns;
  private final RowLimits limits;

  /** A reader with {@link RowLimits#DEFAULT}. */
  public TsvReader(Task task, Columns columns) {
    this(task, columns, RowLimits.DEFAULT);
  }

  /**
   * @throws DataException of kind TASK if the columns do not fit the task
   */
  public TsvReader(Task task, Columns columns, RowLimits limits) {
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
   * All examples of a file, of which every row must be one.
   *
   * @throws DataException as {@link #read(Path, BadRows)}, or naming the rows that cannot be used
   */
  public List<TextExample> read(Path file) {
    BadRows bad = BadRows.refused("");
    List<TextExample> examples = read(file, bad);
    bad.settle();
    return examples;
  }

  /**
   * The examples of a file.
   *
   * @param bad takes the rows that cannot be used: of kinds ROW, LABEL, TARGET, TEXT, ENCODING and
   *     TOO_LARGE
   * @throws DataException of kind NOT_FOUND, EMPTY, COLUMN_MISSING, TOO_LARGE, ENCODING (of the
   *     header) or IO; nothing is returned then
   */
  public List<TextExample> read(Path file, BadRows bad) {
    try (TextLines lines = TextLines.open(file, limits)) {
      return read(lines, bad);
    }
  }

  private List<TextExample> read(TextLines lines, BadRows bad) {
    String file = lines.name();
    TextLines.Line line = lines.next();
    if (line == null) {
      throw new DataException(
          DataException.Kind.EMPTY, file + " is empty: expected " + expectedColumns());
    }
    RowLayout layout = null;
    if (columns.header()) {
      layout = RowLayout.named(file, columns, List.of(cells(line)));
      line = lines.next();
    }
    List<TextExample> out = new ArrayList<>();
    TargetText targets = new TargetText(task, columns);
    for (; line != null; line = lines.next()) {
      if (line.fault() == null && line.text().isBlank() && line.text().indexOf('\t') < 0) {
        continue;
      }
      DataException fault = line.fault();
      if (fault != null) {
        bad.add(fault);
        continue;
      }
      String[] row = cells(line);
      if (layout == null) {
        layout = RowLayout.numbered(file, columns, row.length);
      }
      TextExample example;
      try {
        example = example(file, layout, targets, line.number(), row);
      } catch (DataException e) {
        bad.add(e);
        continue;
      }
      if (out.size() == limits.examplesMax()) {
        throw limits.tooMany(file);
      }
      out.add(example);
    }
    if (out.isEmpty()) {
      bad.settle();
      throw new DataException(
          DataException.Kind.EMPTY,
          file
              + " has a header and no examples"
              + (bad.count() == 0 ? "" : ": none of its rows can be used" + bad.text()));
    }
    return List.copyOf(out);
  }

  private static String[] cells(TextLines.Line line) {
    return line.get().split("\t", -1);
  }

  private static TextExample example(
      String file, RowLayout layout, TargetText targets, int line, String[] row) {
    String at = file + " line " + line;
    layout.check(at, row.length);
    return new TextExample(
        line,
        text(at, row[layout.first()]),
        layout.second() < 0 ? null : text(at, row[layout.second()]),
        targets.parse(at, row[layout.target()]));
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
