package io.cipherstream.cli.evaluate;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.Question;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.Columns;
import io.cipherstream.workflow.data.ConllReader;
import io.cipherstream.workflow.data.LabelSetExample;
import io.cipherstream.workflow.data.RowLimits;
import io.cipherstream.workflow.data.RowReader;
import io.cipherstream.workflow.data.Rows;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.data.Task;
import io.cipherstream.workflow.data.TextExample;
import io.cipherstream.workflow.data.TextLines;
import io.cipherstream.workflow.data.WordsExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Labelled examples of a file, in the form of the model's questions: CoNLL columns if it labels
 * words, otherwise the rows of a table under a header.
 */
final class EvaluationData {

  /** Known headers of pairs, as in GLUE's tasks and similar ones. */
  private static final List<List<String>> PAIRS =
      List.of(
          List.of("sentence1", "sentence2"),
          List.of("question", "sentence"),
          List.of("question1", "question2"),
          List.of("premise", "hypothesis"),
          List.of("#1 String", "#2 String"),
          List.of("text", "pair"));

  private static final List<String> TARGETS =
      List.of("label", "labels", "score", "value", "Quality", "is_duplicate", "gold_label");

  private static final List<String> TEXTS = List.of("sentence", "text");

  private final Path file;
  private final ModelManifest manifest;
  private final @Nullable List<String> columns;
  private final boolean header;

  /**
   * @param columns names, or without a header numbers, of text and target, or of both texts and
   *     target; null to know them by the header
   * @throws CliException of kind USAGE if there is neither a header nor numbers
   */
  EvaluationData(
      Path file, ModelManifest manifest, @Nullable List<String> columns, boolean header) {
    this.file = file;
    this.manifest = manifest;
    this.columns = columns;
    this.header = header;
    if (!header && columns == null) {
      throw new CliException(
          ExitCodes.USAGE,
          "--no-header: expected --columns with numbers from 0, as in --columns 0,1 or 0,1,2");
    }
    if (columns != null && columns.size() != 2 && columns.size() != 3) {
      throw new CliException(
          ExitCodes.USAGE, "--columns " + columns + ": expected TEXT,TARGET or TEXT,PAIR,TARGET");
    }
  }

  /**
   * @param input what the model takes; empty where texts and pairs do
   * @param bad takes the rows that cannot be used
   * @throws CliException if the header is not what was expected
   * @throws io.cipherstream.workflow.data.DataException if there is no such file or no usable row
   */
  List<EvaluationCase> read(Optional<ModelTask.Input> input, BadRows bad) {
    ModelShape shape = manifest.shape();
    if (shape.pooling() == Pooling.NONE) {
      return new ConllReader()
          .read(file, Target.WordLabels.of(shape.labels()), bad).stream()
              .map(EvaluationData::words)
              .toList();
    }
    List<String> names = columns;
    if (names == null) {
      List<String> found = firstRow();
      names = recognised(found, input);
      if (names == null) {
        throw unknown(found, input);
      }
    }
    boolean paired = names.size() == 3;
    Columns layout =
        new Columns(
            header,
            names.get(0),
            paired ? names.get(1) : null,
            names.get(names.size() - 1),
            List.of());
    if (shape.head() == Head.LABELS) {
      return RowReader.labelSets(file, layout, shape.labels(), bad).stream()
          .map(example -> labelSet(example, shape.labels().size()))
          .toList();
    }
    return new RowReader(new Task(name(), paired, target(shape)), layout)
        .read(file, bad).stream().map(EvaluationData::text).toList();
  }

  private static Optional<ModelTask.Input> pair() {
    return Optional.of(ModelTask.Input.PAIR);
  }

  private String name() {
    ModelTask task = manifest.task();
    return task == null ? manifest.name() : task.name();
  }

  private Target target(ModelShape shape) {
    if (shape.head() != Head.VALUE) {
      return Target.Classes.of(shape.labels().toArray(String[]::new));
    }
    return new Target.Value(-Double.MAX_VALUE, Double.MAX_VALUE);
  }

  private List<String> firstRow() {
    try (Rows rows = Rows.open(file, RowLimits.DEFAULT)) {
      Rows.Row first = rows.next();
      return first == null ? List.of() : first.get().stream().map(String::strip).toList();
    }
  }

  /** Names of the columns to read; null if the header does not identify them. */
  private static @Nullable List<String> recognised(
      List<String> header, Optional<ModelTask.Input> input) {
    Optional<String> target = TARGETS.stream().filter(header::contains).findFirst();
    if (target.isEmpty()) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    if (!input.equals(Optional.of(ModelTask.Input.TEXT))) {
      PAIRS.stream().filter(header::containsAll).findFirst().ifPresent(texts::addAll);
    }
    if (texts.isEmpty() && !input.equals(pair())) {
      TEXTS.stream().filter(header::contains).findFirst().ifPresent(texts::add);
    }
    return texts.isEmpty() ? null : Stream.concat(texts.stream(), target.stream()).toList();
  }

  private CliException unknown(List<String> header, Optional<ModelTask.Input> input) {
    boolean pairs = input.equals(pair());
    return CliException.badInput(
        file
            + " line 1: the header "
            + TextLines.shortened(header.toString())
            + " does not identify the columns: expected "
            + (pairs ? "" : "one of " + TEXTS + " or ")
            + "both of one of "
            + PAIRS
            + ", and one of "
            + TARGETS
            + ", such as "
            + (pairs ? "sentence1<TAB>sentence2<TAB>label" : "sentence<TAB>label")
            + (header.size() > 1
                ? ""
                : "; are the columns separated by tabs, or by commas in a file named .csv?")
            + "; or name them: --columns TEXT,"
            + (pairs ? "PAIR," : "")
            + "TARGET");
  }

  private static Question question(String first, @Nullable String second) {
    return second == null ? new Question.Text(first) : new Question.Pair(first, second);
  }

  private static EvaluationCase text(TextExample example) {
    return new EvaluationCase(
        example.line(),
        question(example.first(), example.second()),
        new double[] {example.target()});
  }

  private static EvaluationCase labelSet(LabelSetExample example, int labels) {
    double[] holding = new double[labels];
    example.labels().forEach(label -> holding[label] = 1);
    return new EvaluationCase(example.line(), question(example.first(), example.second()), holding);
  }

  private static EvaluationCase words(WordsExample example) {
    return new EvaluationCase(
        example.line(),
        new Question.Words(example.words()),
        example.labels().stream().mapToDouble(Integer::doubleValue).toArray());
  }
}
