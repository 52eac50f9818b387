package io.cipherstream.workflow.data;

import java.util.List;

/**
 * What a model learns: its input, one text or two, and its target.
 *
 * @param name short name, for reports and errors
 * @param pair whether an example has two texts
 * @param target the target
 */
public record Task(String name, boolean pair, Target target) {

  /**
   * @throws DataException of kind TASK if the name is blank, or a task of word labels has pairs
   */
  public Task {
    if (name.isBlank()) {
      throw new DataException(DataException.Kind.TASK, "a task without a name");
    }
    if (pair && target instanceof Target.WordLabels) {
      throw new DataException(
          DataException.Kind.TASK, "task " + name + " labels words: expected one text, not pairs");
    }
  }

  /** Classes of single sentences. */
  public static Task sentences(String name, Target.Classes classes) {
    return new Task(name, false, classes);
  }

  /** Classes of sentence pairs. */
  public static Task pairs(String name, Target.Classes classes) {
    return new Task(name, true, classes);
  }

  /** A value per text or pair. */
  public static Task regression(String name, boolean pair, Target.Value value) {
    return new Task(name, pair, value);
  }

  /** A label per word. */
  public static Task words(String name, Target.WordLabels labels) {
    return new Task(name, false, labels);
  }

  /**
   * The same with other class weights.
   *
   * @throws DataException of kind TASK if they do not fit the labels, or there are no labels
   */
  public Task withWeights(List<Double> weights) {
    if (target instanceof Target.Classes c) {
      return new Task(name, pair, new Target.Classes(c.labels(), weights));
    }
    if (target instanceof Target.WordLabels w) {
      return new Task(name, pair, new Target.WordLabels(w.labels(), weights));
    }
    throw new DataException(
        DataException.Kind.TASK, "task " + name + " asks for a value: it has no class weights");
  }
}
