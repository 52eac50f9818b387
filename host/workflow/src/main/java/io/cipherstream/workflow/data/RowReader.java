package io.cipherstream.workflow.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts of a table: of tab-separated columns as in GLUE's files, or of quoted,
 * comma-separated ones; see {@link Rows}.
 */
public final class RowReader {

  /** Most classes that are found in a file. */
  public static final int CLASSES_MAX = 1000;

  private final Task task;
  private final Columns columns;
  private final RowLimits limits;

  /** A reader with {@link RowLimits#DEFAULT}. */
  public RowReader(Task task, Columns columns) {
    this(task, columns, RowLimits.DEFAULT);
  }

  /**
   * @throws DataException of kind TASK if the columns do not fit the task
   */
  public RowReader(Task task, Columns columns, RowLimits limits) {
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
    try (Rows rows = Rows.open(file, limits)) {
      return read(rows, bad);
    }
  }

  /**
   * The names of classes in a file's target column, in the order of their characters.
   *
   * @param bad takes the rows that cannot be used
   * @throws DataException as {@link #read(Path, BadRows)}; of kind LABEL if there are more than
   *     {@value #CLASSES_MAX} names
   */
  public static Target.Classes classes(Path file, Columns columns, RowLimits limits, BadRows bad) {
    Map<String, Integer> names = new TreeMap<>();
    try (Rows rows = Rows.open(file, limits)) {
      RowLayout layout = layout(rows, columns);
      for (Rows.Row row = rows.next(); row != null; row = rows.next()) {
        try {
          List<String> cells = row.get();
          layout = layout == null ? RowLayout.numbered(rows, columns, cells.size()) : layout;
          layout.check(rows, row);
          names.merge(cells.get(layout.target()).strip(), 1, Integer::sum);
        } catch (DataException e) {
          bad.add(e);
        }
        if (names.size() > CLASSES_MAX) {
          throw new DataException(
              DataException.Kind.LABEL,
              file
                  + ": more than "
                  + CLASSES_MAX
                  + " different labels in column '"
                  + columns.target()
                  + "', '"
                  + TextLines.shortened(String.join("', '", names.keySet()))
                  + "' among them; is it the column of the labels, or has the task values?");
        }
      }
    }
    return Target.Classes.of(names.keySet().toArray(String[]::new));
  }

  /** The layout that a header names; null if the first row will show it. */
  private static @Nullable RowLayout layout(Rows rows, Columns columns) {
    if (!columns.header()) {
      return null;
    }
    Rows.Row header = rows.next();
    if (header == null) {
      throw new DataException(
          DataException.Kind.EMPTY, rows.name() + " is empty: expected " + expected(columns));
    }
    return RowLayout.named(rows, columns, header.get());
  }

  /**
   * The examples of a file whose target column has any number of labels: {@code a,b}, names or
   * indices, or a JSON array where a name has a comma.
   *
   * @param labels names in the order of the model's outputs
   * @param bad takes the rows that cannot be used
   * @throws DataException as {@link #read(Path, BadRows)}
   */
  public static List<LabelSetExample> labelSets(
      Path file, Columns columns, List<String> labels, BadRows bad) {
    LabelSetText targets = new LabelSetText(labels);
    try (Rows rows = Rows.open(file, RowLimits.DEFAULT)) {
      return read(
          rows,
          columns,
          RowLimits.DEFAULT,
          bad,
          (at, row, layout) ->
              new LabelSetExample(
                  row.line(),
                  first(at, row, layout),
                  second(at, row, layout),
                  targets.parse(at, row.cells().get(layout.target()))));
    }
  }

  /** Makes an example of a row. */
  private interface RowParser<E> {
    E parse(String at, Rows.Row row, RowLayout layout);
  }

  private List<TextExample> read(Rows rows, BadRows bad) {
    TargetText targets = new TargetText(task, columns);
    return read(
        rows,
        columns,
        limits,
        bad,
        (at, row, layout) ->
            new TextExample(
                row.line(),
                first(at, row, layout),
                second(at, row, layout),
                targets.parse(at, row.cells().get(layout.target()))));
  }

  private static <E> List<E> read(
      Rows rows, Columns columns, RowLimits limits, BadRows bad, RowParser<E> parser) {
    String file = rows.name();
    RowLayout layout = layout(rows, columns);
    List<E> out = new ArrayList<>();
    int seen = 0;
    for (Rows.Row row = rows.next(); row != null; row = rows.next()) {
      seen++;
      E example;
      try {
        List<String> cells = row.get();
        layout = layout == null ? RowLayout.numbered(rows, columns, cells.size()) : layout;
        layout.check(rows, row);
        example = parser.parse(file + " line " + row.line(), row, layout);
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
          seen == 0 && !columns.header()
              ? file + " is empty: expected " + expected(columns)
              : file
                  + " has a header and no examples"
                  + (bad.count() == 0 ? "" : ": none of its rows can be used" + bad.text()));
    }
    return List.copyOf(out);
  }

  private static String first(String at, Rows.Row row, RowLayout layout) {
    return text(at, row.cells().get(layout.first()));
  }

  private static @Nullable String second(String at, Rows.Row row, RowLayout layout) {
    return layout.second() < 0 ? null : text(at, row.cells().get(layout.second()));
  }

  private static String expected(Columns columns) {
    return columns.header()
        ? "a header with "
            + Stream.of(columns.first(), columns.second(), columns.target())
                .filter(Objects::nonNull)
                .distinct()
                .toList()
        : "rows of columns";
  }

  private static String text(String at, String text) {
    if (text.isBlank()) {
      throw new DataException(
          DataException.Kind.TEXT, at + ": an empty text; remove the row or fill it in");
    }
    return text;
  }
}
