package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.LabelList;
import io.cipherstream.model.BertTokenizer;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.Columns;
import io.cipherstream.workflow.data.DataException;
import io.cipherstream.workflow.data.GlueTask;
import io.cipherstream.workflow.data.RowLimits;
import io.cipherstream.workflow.data.RowReader;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.data.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The task and its files. */
final class ConvertTaskOptions {

  /**
   * Seed of the held-out split: the same for every seed of a model, so that they can be compared.
   */
  private static final long SPLIT_SEED = 1;

  private static final List<String> WORD_TASKS = List.of("ner", "conll");

  @Option(
      names = "--task",
      paramLabel = "T",
      description =
          "sst2, qnli, rte, mrpc or stsb with GLUE's columns; ner for words in CoNLL columns; or"
              + " any other name for your own task. Files named .csv have quoted, comma-separated"
              + " columns, others tabs without quotation.")
  private @Nullable String task;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with train.tsv and dev.tsv, or the same with .csv (words: train.txt and"
              + " dev.txt).")
  private @Nullable Path folder;

  @Option(names = "--train", paramLabel = "F", description = "Training file.")
  private @Nullable Path training;

  @Option(
      names = "--dev",
      paramLabel = "F",
      description = "Development file, for the report; never used for training or choices.")
  private @Nullable Path dev;

  @Option(
      names = "--labels",
      paramLabel = "A,B",
      converter = LabelList.Reader.class,
      description =
          "Classes of your own task; files have these names or their indices. Use a JSON array if a"
              + " name has a comma: '[\"a, b\",\"c\"]'. Default: the names in the training file, in"
              + " the order of their characters.")
  private @Nullable LabelList labels;

  @Option(
      names = "--values",
      paramLabel = "MIN,MAX",
      split = ",",
      description = "Your own task is a value from MIN to MAX.")
  private @Nullable List<Double> values;

  @Option(names = "--text-column", paramLabel = "C", description = "Column of the text.")
  private @Nullable String textColumn;

  @Option(
      names = "--pair-column",
      paramLabel = "C",
      description = "Column of the second text, for pairs.")
  private @Nullable String pairColumn;

  @Option(
      names = "--target-column",
      paramLabel = "C",
      description = "Column of the label or the value.")
  private @Nullable String targetColumn;

  @Option(
      names = "--no-header",
      description =
          "The files have no header; columns are numbered from 0. Default: the texts first, then the"
              + " target.")
  private boolean noHeader;

  @Option(
      names = "--class-weights",
      paramLabel = "W,W",
      split = ",",
      description = "Weight of each class in the loss, in the order of the labels.")
  private @Nullable List<Double> classWeights;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Longer examples are cut; default: ${DEFAULT-VALUE}, the most that runs encrypted.")
  private int maxTokens = 64;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      defaultValue = "0.03",
      description = "Share of the training file held out for choices; default: ${DEFAULT-VALUE}.")
  private double heldOut = 0.03;

  /**
   * Checks what can be refused without reading a file.
   *
   * @throws CliException of kind USAGE, or BAD_INPUT if a file does not exist
   */
  void check(boolean student) {
    boolean words = words();
    name();
    checkTarget();
    if (words && student) {
      throw usage("--student: not for a task of word labels");
    }
    if (words
        && (labels != null
            || values != null
            || textColumn != null
            || pairColumn != null
            || targetColumn != null
            || noHeader)) {
      throw usage(
          "--task "
              + name()
              + " reads CoNLL columns, the word first and its label last: it takes"
              + " no labels, values or columns");
    }
    if (maxTokens < 3 || maxTokens > 64) {
      throw usage("--max-tokens " + maxTokens + ": expected 3 to 64");
    }
    if (!(heldOut > 0 && heldOut < 1)) {
      throw usage("--held-out " + heldOut + ": expected a share between 0 and 1");
    }
    files();
  }

  private static CliException usage(String message) {
    return new CliException(ExitCodes.USAGE, message);
  }

  private String name() {
    if (task == null) {
      throw usage("expected --task: sst2, qnli, rte, mrpc, stsb, ner, or a name of your own");
    }
    return task;
  }

  boolean words() {
    return WORD_TASKS.contains(name().toLowerCase(Locale.ROOT));
  }

  ConvertData files() {
    return ConvertData.of(folder, training, dev);
  }

  /** Refuses options that contradict each other. */
  private void checkTarget() {
    List<Double> range = values;
    if (labels != null && range != null) {
      throw usage("--labels and --values: expected one of them");
    }
    if (range != null && range.size() != 2) {
      throw usage("--values " + range + ": expected the least and the largest");
    }
    if (labels != null) {
      named(labels);
    }
  }

  private static Target.Classes named(LabelList labels) {
    return Target.Classes.of(labels.names().toArray(String[]::new));
  }

  private Optional<GlueTask> glue() {
    return labels != null || values != null ? Optional.empty() : GlueTask.find(name());
  }

  /** The task; the classes of a user's own that are not named are those of the training file. */
  private Task task(Path trainingFile, Columns columns) {
    Optional<GlueTask> glue = glue();
    if (glue.isPresent()) {
      return glue.get().task();
    }
    Target target;
    if (labels != null) {
      target = named(labels);
    } else if (values != null) {
      target = new Target.Value(values.get(0), values.get(1));
    } else { // Unusable rows are counted when they are read.
      target = RowReader.classes(trainingFile, columns, RowLimits.DEFAULT, BadRows.skipped());
    }
    return new Task(name(), pairColumn != null, target);
  }

  private Columns columns() {
    Columns known =
        glue()
            .map(GlueTask::columns)
            .orElseGet(
                () -> Columns.named("sentence", pairColumn, values != null ? "score" : "label"));
    if (noHeader) {
      boolean pair = known.second() != null;
      known =
          Columns.numbered(0, pair ? 1 : -1, pair ? 2 : 1)
              .withNames(known.names().toArray(String[]::new));
    }
    return new Columns(
        known.header(),
        textColumn != null ? textColumn : known.first(),
        pairColumn != null ? pairColumn : known.second(),
        targetColumn != null ? targetColumn : known.target(),
        known.names());
  }

  /**
   * Reads the files.
   *
   * @param tokensMax most word pieces that the source takes
   * @param bad takes the rows that cannot be used
   * @throws DataException as the readers
   */
  TaskData read(BertTokenizer tokenizer, int tokensMax, BadRows bad) {
    ConvertData files = files();
    int most = Math.min(maxTokens, tokensMax);
    TaskData data;
    if (words()) {
      data =
          TaskData.words(
              "ner", files.training(), files.dev(), tokenizer, most, heldOut, SPLIT_SEED, bad);
    } else {
      Columns columns = columns();
      data =
          TaskData.texts(
              task(files.training(), columns),
              columns,
              files.training(),
              files.dev(),
              tokenizer,
              most,
              heldOut,
              SPLIT_SEED,
              bad);
    }
    return classWeights == null ? data : data.withWeights(classWeights);
  }
}
