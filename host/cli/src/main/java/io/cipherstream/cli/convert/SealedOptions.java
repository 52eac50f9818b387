package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.ActivationNames;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelImporter;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.polynomial.ActivationModule;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.sealed.SealedRecipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** Options of {@code convert --sealed}. */
final class SealedOptions {

  private static final String AUTO = "auto";

  /** Share that the cheapest spec may lose against the best if --budget is not given. */
  private static final double BUDGET = 0.01;

  /** Options of the other conversions that mean nothing here, and what to expect instead. */
  private static final Map<String, String> OF_OTHERS =
      Map.of(
          "--also", "it writes one package, and no stage has one of its own",
          "--force", "it always writes the package",
          "--polynomial", "it trains no polynomial variant",
          "--pool-texts", "its recipe says how many texts it makes up");

  @Option(
      names = "--sealed",
      description =
          "Train a polynomial encoder of two layers on the fine-tuned model's answers, and write it"
              + " with proved bounds or with sentinels.")
  private boolean asked;

  @Option(
      names = "--spec",
      paramLabel = "LL",
      description =
          "With --sealed: the two layers, CQ, CP, CS, CA or AA, with 4 to 13 levels; or several,"
              + " such as CQ,CS, or auto for all five, which trains each and keeps the cheapest"
              + " within --budget points (default 1) of the best on held-out examples. Default: CQ,"
              + " and for labels of words CT, which no other task takes.")
  private @Nullable String spec;

  @Option(
      names = "--ffn",
      paramLabel = "FORM",
      description =
          "With --sealed: what the feed-forward networks are: neurons with a quadratic each"
              + " (neurons, the default), or edges with a function each, as in a Kolmogorov–Arnold"
              + " network: kan2, kan4 or kan8 with Chebyshev series of that degree in the last"
              + " layer, or kan for the highest degree that the spec has levels for, 8 of CP and CS,"
              + " 2 of the others.")
  private @Nullable String ffn;

  @Option(
      names = "--activation",
      paramLabel = "A,B",
      split = ",",
      description =
          "With --sealed: what the functions of each layer's feed-forward network start as, one for"
              + " both layers or one for each: relu, softplus, silu, elu, sigmoid or tanh, as"
              + " polynomials of least weighted error. Default: a quadratic, or of edges softplus.")
  private List<String> activations = List.of();

  @Option(
      names = "--thex",
      description =
          "With --sealed: also convert the fine-tuned model to THE-X, so that the table has its"
              + " score; no package of it is written.")
  private boolean thex;

  @Option(
      names = "--start",
      paramLabel = "MODEL",
      description =
          "With --sealed --spec AA: a converted model of 2 layers, file or folder, whose weights"
              + " training begins with. Without it, it begins with random ones, from which an AA"
              + " hardly learns.")
  private @Nullable Path start;

  /**
   * Refuses what a sealed conversion would ignore.
   *
   * @param given the command line
   * @param specs to train
   * @throws CliException of kind USAGE that names the option
   */
  void checkOthers(ParseResult given, List<SealedSpec> specs) {
    for (OptionSpec option : given.matchedOptions()) {
      String why = OF_OTHERS.get(option.longestName());
      if (why != null) {
        throw new CliException(
            ExitCodes.USAGE, option.longestName() + ": not expected with --sealed: " + why);
      }
    }
    if (given.hasMatchedOption("--budget") && specs.size() == 1) {
      throw new CliException(
          ExitCodes.USAGE,
          "--budget: expected --spec auto with it, or several specs to choose from; here there is one, "
              + specs.get(0).text());
    }
  }

  boolean asked() {
    return asked;
  }

  /**
   * The specs to train, in the order of their levels.
   *
   * @param words whether the task has a label for each word
   */
  List<SealedSpec> specs(boolean words) {
    List<SealedSpec> named;
    try {
      named =
          letters(words)
              .map(this::formed)
              .distinct()
              .sorted(Comparator.comparingInt(SealedSpec::levels))
              .toList();
    } catch (ModelException e) {
      throw new CliException(ExitCodes.USAGE, "--spec: " + e.getMessage() + "; or auto", e);
    }
    for (SealedSpec one : named) {
      if (one.words() != words) {
        throw new CliException(
            ExitCodes.USAGE,
            "--spec "
                + one
                + (words
                    ? ": expected " + SealedSpec.WORDS + " for a task of word labels"
                    : ": expected a task of word labels with it, such as --task ner"));
      }
    }
    return named;
  }

  /** As --spec names them, or as is usual without it. */
  private Stream<SealedSpec> letters(boolean words) {
    if (AUTO.equals(spec) || (words && spec == null)) {
      return words ? Stream.of(SealedSpec.WORDS) : SealedSpec.FROM_CHEAP_TO_DEEP.stream();
    }
    return Arrays.stream((spec == null ? "CQ" : spec).split(",", -1)).map(SealedSpec::parse);
  }

  /** With the feed-forward networks that --ffn names. */
  private SealedSpec formed(SealedSpec letters) {
    if (ffn == null || ffn.equals("neurons")) {
      return letters;
    }
    if (ffn.equals("kan")) {
      return letters.hasEdges() ? letters : letters.withEdges();
    }
    if (!ffn.matches("kan[248]")) {
      throw new CliException(
          ExitCodes.USAGE, "--ffn " + ffn + ": expected neurons, kan, kan2, kan4 or kan8");
    }
    try {
      return letters.withEdges(Integer.parseInt(ffn.substring(3)));
    } catch (ModelException e) {
      throw new CliException(ExitCodes.USAGE, "--ffn " + ffn + ": " + e.getMessage(), e);
    }
  }

  /** What the functions of each layer start as, one for all, or none for the usual ones. */
  List<ActivationModule> activations() {
    return ActivationNames.modules(activations);
  }

  /** Whether THE-X is measured beside. */
  boolean thex() {
    return thex;
  }

  /** The stages of models that are not sealed. */
  List<StageName> stages() {
    return thex
        ? List.of(StageName.EXACT, StageName.ATTENTION, StageName.NORMS, StageName.THEX)
        : List.of(StageName.EXACT);
  }

  /** Phases of a sealed training, which epochs and learning rates may name. */
  List<String> phases(SealedRecipe recipe) {
    return asked ? recipe.names() : List.of();
  }

  /**
   * The converted model whose weights an AA begins with, or null.
   *
   * @throws ModelException if it cannot be read
   */
  @Nullable ImportedModel start() {
    return start == null
        ? null
        : ModelImporter.importFrom(
            start, ImportOptions.named("start").withPoolingOtherwise(Pooling.CLS));
  }

  /** How much the cheapest spec may lose, as a share. */
  static double budget(@Nullable Double said) {
    return said == null ? BUDGET : said;
  }

  /**
   * @throws CliException of kind USAGE if --spec is given without --sealed
   */
  void check() {
    if (spec != null) {
      throw new CliException(ExitCodes.USAGE, "--spec " + spec + ": expected --sealed with it");
    }
    if (ffn != null) {
      throw new CliException(ExitCodes.USAGE, "--ffn " + ffn + ": expected --sealed with it");
    }
    if (!activations.isEmpty()) {
      throw new CliException(
          ExitCodes.USAGE,
          "--activation " + String.join(",", activations) + ": expected --sealed with it");
    }
    if (thex) {
      throw new CliException(ExitCodes.USAGE, "--thex: expected --sealed with it");
    }
    if (start != null) {
      throw new CliException(ExitCodes.USAGE, "--start " + start + ": expected --sealed with it");
    }
  }
}
