package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.sealed.SealedSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of {@code convert --sealed}. */
final class SealedOptions {

  private static final String AUTO = "auto";

  /** Share that the cheapest spec may lose against the best if --budget is not given. */
  private static final double BUDGET = 0.01;

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
          "With --sealed: the two layers, CQ, CP, CS, CA or AA, with 4 to 13 levels; or auto, which"
              + " trains all five and keeps the cheapest within --budget points (default 1) of the"
              + " best on held-out examples. Default: CQ.")
  private @Nullable String spec;

  boolean asked() {
    return asked;
  }

  /** The specs to train, in the order of their levels. */
  List<SealedSpec> specs() {
    if (AUTO.equals(spec)) {
      return SealedSpec.FROM_CHEAP_TO_DEEP;
    }
    try {
      return List.of(SealedSpec.parse(spec == null ? "CQ" : spec));
    } catch (ModelException e) {
      throw new CliException(ExitCodes.USAGE, "--spec: " + e.getMessage() + "; or auto", e);
    }
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
  }
}
