package io.cipherstream.workflow.data;

import java.util.Locale;

/**
 * The GLUE tasks known by name, with the columns of GLUE's files. The files are tab-separated
 * without any quoting: a quotation mark is text.
 */
public enum GlueTask {
  /** Sentiment of a sentence: {@code sentence label}. */
  SST2(
      Task.sentences("sst2", Target.Classes.of("negative", "positive")),
      Columns.sentence().withNames("0", "1")),
  /** Does the sentence answer the question: {@code index question sentence label}. */
  QNLI(
      Task.pairs("qnli", Target.Classes.of("entailment", "not_entailment")),
      Columns.named("question", "sentence", "label")),
  /** Does the first sentence imply the second: {@code index sentence1 sentence2 label}. */
  RTE(
      Task.pairs("rte", Target.Classes.of("entailment", "not_entailment")),
      Columns.named("sentence1", "sentence2", "label")),
  /** Do two sentences mean the same: {@code Quality #1 ID #2 ID #1 String #2 String}. */
  MRPC(
      Task.pairs("mrpc", Target.Classes.of("not_equivalent", "equivalent")),
      Columns.named("#1 String", "#2 String", "Quality").withNames("0", "1")),
  /**
   * How similar are two sentences, 0 to 5: ten columns, including {@code sentence1 sentence2
   * score}.
   */
  STSB(
      Task.regression("stsb", true, new Target.Value(0, 5)),
      Columns.named("sentence1", "sentence2", "score"));

  private final Task task;
  private final Columns columns;

  GlueTask(Task task, Columns columns) {
    this.task = task;
    this.columns = columns;
  }

  public Task task() {
    return task;
  }

  public Columns columns() {
    return columns;
  }

  /**
   * The task of a name; case, hyphens and underscores do not matter.
   *
   * @throws DataException of kind TASK for any other name
   */
  public static GlueTask parse(String name) {
    String plain = name.strip().toUpperCase(Locale.ROOT).replaceAll("[-_]", "");
    for (GlueTask task : values()) {
      if (task.name().equals(plain)) {
        return task;
      }
    }
    throw new DataException(
        DataException.Kind.TASK, "task '" + name + "': expected sst2, qnli, rte, mrpc or stsb");
  }
}
