package io.cipherstream.workflow.data;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows of files that cannot be used: either left out and counted, or refused together. Used by one
 * thread.
 */
public final class BadRows {

  /** Most rows that are named; the others are counted. */
  public static final int LISTED_MAX = 20;

  private final boolean skip;
  private final String advice;
  private final List<DataException> listed = new ArrayList<>();
  private final Map<DataException.Kind, Integer> counts = new EnumMap<>(DataException.Kind.class);
  private int count;

  private BadRows(boolean skip, String advice) {
    this.skip = skip;
    this.advice = advice;
  }

  /** Leaves such rows out. */
  public static BadRows skipped() {
    return new BadRows(true, "");
  }

  /**
   * Refuses them together, after all rows have been checked.
   *
   * @param advice what the user can do about all of them, or empty
   */
  public static BadRows refused(String advice) {
    return new BadRows(false, advice);
  }

  /** Whether such rows are left out. */
  public boolean skips() {
    return skip;
  }

  /** A row and what is wrong with it; the message has its file and line. */
  public void add(DataException row) {
    count++;
    counts.merge(row.kind(), 1, Integer::sum);
    if (listed.size() < LISTED_MAX) {
      listed.add(row);
    }
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** The first {@link #LISTED_MAX} of them, each with file, line and reason. */
  public List<String> listed() {
    return listed.stream().map(row -> String.valueOf(row.getMessage())).toList();
  }

  /** How many there are of each kind: {@code row}, {@code label}, {@code too-long} and so on. */
  public Map<String, Integer> reasons() {
    Map<String, Integer> reasons = new TreeMap<>();
    counts.forEach(
        (kind, n) -> reasons.put(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), n));
    return reasons;
  }

  /** The list as lines for a user, indented, with a last one that counts the rest. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (String row : listed()) {
      text.append(System.lineSeparator()).append("  ").append(row);
    }
    if (count > listed.size()) {
      text.append(System.lineSeparator()).append("  and ").append(count - listed.size());
      text.append(" more");
    }
    return text.toString();
  }

  /**
   * Call this after all rows have been checked.
   *
   * @throws DataException of the kind of the first row, naming all, if there are some and they are
   *     not left out
   */
  public void settle() {
    if (skip || count == 0) {
      return;
    }
    DataException first = listed.get(0);
    String message =
        count == 1
            ? first.getMessage() + (advice.isEmpty() ? "" : "; or " + advice)
            : count
                + " rows cannot be used:"
                + text()
                + (advice.isEmpty() ? "" : System.lineSeparator() + "  " + advice);
    throw new DataException(first.kind(), message, first);
  }
}
