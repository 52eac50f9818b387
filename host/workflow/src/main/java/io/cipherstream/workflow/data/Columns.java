package io.cipherstream.workflow.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table: names from its header, or numbers from 0 if it has none.
 *
 * @param header whether the first line names the columns
 * @param first column of the text, or of a pair's first
 * @param second column of a pair's second, or null
 * @param target column of the label or the value
 * @param names label names as written in the file, in the order of the task's labels; empty if the
 *     file has the task's labels or their indices
 */
public record Columns(
    boolean header, String first, @Nullable String second, String target, List<String> names) {

  public Columns {
    names = List.copyOf(names);
  }

  /** Single texts: {@code sentence<TAB>label} with a header. */
  public static Columns sentence() {
    return named("sentence", null, "label");
  }

  /** Named columns. */
  public static Columns named(String first, @Nullable String second, String target) {
    return new Columns(true, first, second, target, List.of());
  }

  /**
   * Numbered columns of a file without a header.
   *
   * @param first from 0
   * @param second from 0, or -1 where the task has no pairs
   * @param target from 0
   */
  public static Columns numbered(int first, int second, int target) {
    return new Columns(
        false,
        Integer.toString(first),
        second < 0 ? null : Integer.toString(second),
        Integer.toString(target),
        List.of());
  }

  /** The same with the names of labels in the file. */
  public Columns withNames(String... labels) {
    return new Columns(header, first, second, target, List.of(labels));
  }
}
