package io.cipherstream.workflow.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The GLUE tasks known by name, with the columns of GLUE's files. GLUE's files are tab-separated
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

  /** The task of a name, if it is one of these; case, hyphens and underscores do not matter. */
  public static Optional<GlueTask> find(String name) {
    String plain = name.strip().toUpperCase(Locale.ROOT).replaceAll("[-_]", "");
    return Arrays.stream(values()).filter(task -> task.name().equals(plain)).findFirst();
  }
}
