package io.cipherstream.workflow.data;

import java.util.List;

/** Reads a target as it stands in a file. */
final class TargetText {

  private final Task task;
  private final List<String> names;

  TargetText(Task task, Columns columns) {
    this.task = task;
    this.names = columns.names();
  }

  /**
   * @throws DataException of kind TASK if the task labels words, or the columns name another number
   *     of labels than the task has
   */
  static void check(Task task, Columns columns) {
    if (task.target() instanceof Target.WordLabels) {
      throw new DataException(
          DataException.Kind.TASK,
          "task " + task.name() + " labels words: read CoNLL columns, not rows of texts");
    }
    int labels = task.target() instanceof Target.Classes c ? c.labels().size() : 0;
    if (!columns.names().isEmpty() && columns.names().size() != labels) {
      throw new DataException(
          DataException.Kind.TASK,
          "label names "
              + columns.names()
              + " for task "
              + task.name()
              + ": expected "
              + labels
              + " of them");
    }
  }

  /**
   * The class's index or the value.
   *
   * @throws DataException of kind LABEL or TARGET
   */
  double parse(String at, String text) {
    String bare = text.strip();
    return task.target() instanceof Target.Value value
        ? number(at, bare, value)
        : label(at, bare, ((Target.Labelled) task.target()));
  }

  private int label(String at, String text, Target.Labelled target) {
    int index = names.indexOf(text);
    if (index < 0) {
      index = target.indexOf(text);
    }
    if (index < 0 && names.isEmpty()) {
      index = indexBelow(text, target.outputs());
    }
    if (index < 0) {
      throw new DataException(
          DataException.Kind.LABEL,
          at
              + ": label '"
              + TextLines.shortened(text)
              + "' is unknown to task "
              + task.name()
              + ": expected one of "
              + target.labels()
              + (names.isEmpty() ? " or an index below " + target.outputs() : " or " + names));
    }
    return index;
  }

  /** A number below an end, or -1. */
  static int indexBelow(String text, int end) {
    try {
      int index = Integer.parseInt(text);
      return index >= 0 && index < end ? index : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static double number(String at, String text, Target.Value range) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new DataException(
          DataException.Kind.TARGET,
          at + ": '" + TextLines.shortened(text) + "' is not a number: expected a value",
          e);
    }
    if (!Double.isFinite(value) || value < range.min() || value > range.max()) {
      throw new DataException(
          DataException.Kind.TARGET,
          at + ": value " + value + ": expected " + range.min() + " to " + range.max());
    }
    return value;
  }
}
