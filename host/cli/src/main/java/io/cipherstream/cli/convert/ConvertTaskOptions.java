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
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.data.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
              + " your own name with --labels or --values.")
  private @Nullable String task;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with train.tsv and dev.tsv (words: train.txt and dev.txt).")
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
              + " name has a comma: '[\"a, b\",\"c\"]'.")
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
      description = "The files have no header; columns are numbered from 0.")
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

  /** A task and the columns of its files; null for words. */
  private record Described(Task task, @Nullable Columns columns) {}

  /**
   * Checks what can be refused without reading a file.
   *
   * @throws CliException of kind USAGE, or BAD_INPUT if a file does not exist
   */
  void check(boolean student) {
    boolean words = words();
    if (!words) {
      described();
    }
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
      throw usage("expected --task: sst2, qnli, rte, mrpc, stsb, ner, or one of your own");
    }
    return task;
  }

  boolean words() {
    return WORD_TASKS.contains(name().toLowerCase(Locale.ROOT));
  }

  ConvertData files() {
    return ConvertData.of(folder, training, dev);
  }

  private Described described() {
    List<String> classes = labels == null ? null : labels.names();
    List<Double> range = values;
    if (classes != null && range != null) {
      throw usage("--labels and --values: expected one of them");
    }
    boolean pair = pairColumn != null;
    if (classes != null) {
      Target.Classes target = Target.Classes.of(classes.toArray(String[]::new));
      return new Described(new Task(name(), pair, target), columns("sentence", null, "label"));
    }
    if (range != null) {
      if (range.size() != 2) {
        throw usage("--values " + range + ": expected the least and the largest");
      }
      Target.Value target = new Target.Value(range.get(0), range.get(1));
      return new Described(new Task(name(), pair, target), columns("sentence", null, "score"));
    }
    GlueTask glue;
    try {
      glue = GlueTask.parse(name());
    } catch (DataException e) {
      throw new CliException(
          ExitCodes.USAGE,
          "--task "
              + name()
              + ": expected sst2, qnli, rte, mrpc, stsb or ner, or --labels or --values with a task"
              + " of your own",
          e);
    }
    Columns known = glue.columns();
    Columns changed = columns(known.first(), known.second(), known.target());
    return new Described(glue.task(), changed.withNames(known.names().toArray(String[]::new)));
  }

  private Columns columns(String first, @Nullable String second, String target) {
    return new Columns(
        !noHeader,
        textColumn != null ? textColumn : first,
        pairColumn != null ? pairColumn : second,
        targetColumn != null ? targetColumn : target,
        List.of());
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
      Described described = described();
      Columns columns = described.columns();
      if (columns == null) {
        throw new IllegalStateException("a task of texts has columns");
      }
      data =
          TaskData.texts(
              described.task(),
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
