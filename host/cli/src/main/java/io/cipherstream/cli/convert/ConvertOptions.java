package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Models;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.workflow.convert.Recipe;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StageRecipe;
import io.cipherstream.workflow.run.RunOptions;
import io.cipherstream.workflow.sealed.SealedRecipe;
import io.cipherstream.workflow.train.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of every conversion, whatever its model and its data. */
final class ConvertOptions {

  private static final double POINTS = 100;
  private static final int BATCH_MAX = 4096;
  private static final double EPOCHS_MAX = 1e4;
  private static final double RATE_MIN = 1e-9;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder of the package to write; must not exist. Default with --name: where the other"
              + " commands look for models.")
  private @Nullable Path out;

  @Option(
      names = "--name",
      paramLabel = "M",
      description = "The model's name; default: the name of the folder.")
  private @Nullable String name;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "Folder of stages, checkpoints and the report; the same command resumes from there."
              + " Default: DIR of --out with .work appended.")
  private @Nullable Path work;

  @Option(
      names = {"--seed", "--seeds"},
      paramLabel = "S",
      split = ",",
      description =
          "Seed of everything random. With several, as in 1,2,3, each converts once, and the best"
              + " on held-out examples is exported. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private List<Long> seeds = List.of(1L);

  @Option(
      names = "--polynomial",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Make the polynomial variant too; on unless --no-polynomial.")
  private boolean polynomial = true;

  @Option(
      names = "--epochs",
      paramLabel = "STAGE=N",
      split = ",",
      description =
          "Passes over the training examples, as in exact=1.5,thex=2; 0 trains nothing. With"
              + " --sealed also train and harden.")
  private Map<String, Double> epochs = new LinkedHashMap<>();

  @Option(
      names = "--learning-rate",
      paramLabel = "STAGE=R",
      split = ",",
      description = "Peak learning rates, as in exact=6e-5.")
  private Map<String, Double> rates = new LinkedHashMap<>();

  @Option(names = "--batch", paramLabel = "N", description = "Examples per step.")
  private @Nullable Integer batch;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "A stage ends after this many held-out scores without improvement.")
  private @Nullable Integer patience;

  @Option(
      names = "--pool-texts",
      paramLabel = "N",
      description = "Made-up texts for a student, beside those of the training file.")
  private @Nullable Integer poolTexts;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Train only on this many examples, for a trial.")
  private @Nullable Integer limit;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description =
          "Precision of products in training: auto, float32 or bfloat16; default: ${DEFAULT-VALUE}.")
  private String precision = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Training threads; default: one per processor. They affect the last digit of figures.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--margin",
      paramLabel = "X",
      defaultValue = "1.5",
      description =
          "Bounds of the package, as a multiple of the largest values of calibration; default:"
              + " ${DEFAULT-VALUE}.")
  private double margin = 1.5;

  @Option(
      names = "--redo",
      paramLabel = "STAGE",
      description = "Repeat this stage and all later ones, although they are finished.")
  private @Nullable String redo;

  @Option(
      names = "--also",
      paramLabel = "STAGE",
      split = ",",
      description = "Also write packages of these stages, to DIR-STAGE.")
  private List<String> also = List.of();

  @Option(
      names = "--check-sentences",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Development examples to compute encrypted with each package, beside 16 simulated; 0:"
              + " neither. Default: ${DEFAULT-VALUE}.")
  private int checkSentences = 3;

  @Option(
      names = "--budget",
      paramLabel = "POINTS",
      description =
          "Largest loss from exact to THE-X on the development set, in points of the first score."
              + " If it is more, nothing is exported and the exit code is 6.")
  private @Nullable Double budget;

  @Option(names = "--force", description = "Export even if --budget is exceeded.")
  private boolean force;

  @Option(
      names = "--checkpoint-seconds",
      paramLabel = "S",
      hidden = true,
      defaultValue = "300",
      description = "Seconds between two checkpoints.")
  private int checkpointSeconds = 300;

  /**
   * Checks everything that can be refused without reading a model.
   *
   * @param stages of the conversion
   * @param phases of a sealed training, which epochs and learning rates may name too
   * @throws CliException of kind USAGE or BAD_INPUT
   */
  void check(List<StageName> stages, List<String> phases) {
    ModelRepository.checkName(name());
    if (Models.folders().contains(out().toAbsolutePath().normalize().getParent())
        && !name().equals(fileName(out()))) {
      throw usage(
          "--name " + name() + ": packages in " + out().getParent() + " have their folder's name");
    }
    for (Path folder : packages().values()) {
      if (Files.exists(folder)) {
        throw CliException.badInput(
            "there is already something at "
                + folder
                + ": remove it first, or choose another --out; trained stages are kept in "
                + work());
      }
    }
    if (seeds.isEmpty() || new HashSet<>(seeds).size() != seeds.size()) {
      throw usage("--seeds " + seeds + ": expected different ones");
    }
    atLeast("--threads", threads, 1);
    atLeast("--check-sentences", checkSentences, 0);
    if (limit != null) {
      atLeast("--limit", limit, 2);
    }
    if (budget != null && !(budget >= 0)) {
      throw usage("--budget " + budget + ": expected at least 0 points");
    }
    if (!(margin >= 1 && margin <= io.cipherstream.model.Ranges.MARGIN_MAX)) {
      throw usage("--margin " + margin + ": expected 1 to 1000");
    }
    precision();
    if (batch != null) {
      within("batch " + batch, batch, 1, BATCH_MAX);
    }
    if (patience != null) {
      atLeast("--patience", patience, 1);
    }
    if (poolTexts != null) {
      atLeast("--pool-texts", poolTexts, 0);
    }
    epochs.forEach((s, v) -> within("epochs " + v + " of stage " + s, v, 0, EPOCHS_MAX));
    rates.forEach((s, v) -> within("learning rate " + v + " of stage " + s, v, RATE_MIN, 1));
    List<StageName> named = new ArrayList<>(also());
    named.addAll(stages(epochs, phases).keySet());
    named.addAll(stages(rates, phases).keySet());
    if (redo != null) {
      named.add(StageName.parse(redo));
    }
    for (StageName stage : named) {
      if (!stages.contains(stage)) {
        throw usage(
            "stage "
                + stage.text()
                + " is not one of this conversion's stages, "
                + stages.stream().map(StageName::text).toList());
      }
    }
  }

  private static CliException usage(String message) {
    return new CliException(ExitCodes.USAGE, message);
  }

  private static void within(String what, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw usage(what + ": expected " + min + " to " + max);
    }
  }

  private static void atLeast(String option, int value, int min) {
    if (value < min) {
      throw usage(option + " " + value + ": expected at least " + min);
    }
  }

  /** The package's folder. */
  Path out() {
    if (out != null) {
      return out;
    }
    if (name == null) {
      throw usage("expected --out DIR, the folder of the package to write, or --name");
    }
    return Home.models().resolve(name);
  }

  String name() {
    return name != null ? name : fileName(out());
  }

  private static String fileName(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  Path work() {
    return work != null ? work : besideOut(".work");
  }

  private Path besideOut(String ending) {
    return out().toAbsolutePath().normalize().resolveSibling(fileName(out()) + ending);
  }

  /** Stages whose packages are written, THE-X's first, and where. */
  private Map<StageName, Path> packages() {
    Map<StageName, Path> folders = new LinkedHashMap<>();
    folders.put(StageName.THEX, out().toAbsolutePath().normalize());
    also().forEach(stage -> folders.putIfAbsent(stage, besideOut("-" + stage.text())));
    return folders;
  }

  private List<StageName> also() {
    return also.stream().map(StageName::parse).toList();
  }

  boolean polynomial() {
    return polynomial;
  }

  @Nullable Integer limit() {
    return limit;
  }

  private Precision precision() {
    return Precision.parse(precision);
  }

  /**
   * The settings of the run.
   *
   * @param spec of the command, whose option values the report shows
   */
  RunOptions run(CommandSpec spec) {
    return new RunOptions(
        name(),
        packages(),
        seeds,
        polynomial,
        margin,
        precision(),
        threads,
        checkpointSeconds,
        redo == null ? null : StageName.parse(redo),
        checkSentences,
        budget == null ? null : budget / POINTS,
        force,
        ConvertFacts.options(spec),
        ConvertFacts.host(threads, precision()));
  }

  /** A recipe with these options' changes. */
  Recipe recipe(Recipe base, List<String> phases) {
    Recipe out = changed(base, stages(epochs, phases), StageRecipe::withEpochs);
    out = changed(out, stages(rates, phases), StageRecipe::withLearningRate);
    return new Recipe(
        out.stages(),
        batch != null ? batch : out.batch(),
        batch != null ? batch : out.studentBatch(),
        poolTexts != null ? poolTexts : out.poolTexts(),
        patience != null ? patience : out.patience());
  }

  /** A sealed training's recipe with these options' changes. */
  SealedRecipe recipe(SealedRecipe base) {
    return base.with(epochs, rates);
  }

  /** What was said of stages; of a sealed training's phases {@link SealedRecipe} takes care. */
  private static Map<StageName, Double> stages(Map<String, Double> said, List<String> phases) {
    Map<StageName, Double> out = new LinkedHashMap<>();
    said.forEach(
        (name, value) -> {
          if (!phases.contains(name)) {
            out.put(StageName.parse(name), value);
          }
        });
    return out;
  }

  private static Recipe changed(
      Recipe base,
      Map<StageName, Double> values,
      BiFunction<StageRecipe, Double, StageRecipe> change) {
    Recipe out = base;
    for (Map.Entry<StageName, Double> entry : values.entrySet()) {
      StageName stage = entry.getKey();
      out = out.with(stage, change.apply(out.of(stage), entry.getValue()));
    }
    return out;
  }
}
