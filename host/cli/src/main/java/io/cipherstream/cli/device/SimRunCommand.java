package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.bench.trial.SeedTrial;
import io.cipherstream.bench.trial.TrialResult;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.engine.EngineSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sim run}. */
@Command(
    name = "run",
    description =
        "Run random limb programs on the simulated card, compare every word with the interpreter,"
            + " and show cycles, utilisation and bytes.")
final class SimRunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private RandomProgramOptions programs = new RandomProgramOptions(1024, 200);
  @Mixin private TrialReport report;

  @Option(
      names = "--engine",
      paramLabel = "E",
      defaultValue = "sim",
      description = "sim (default) or sim:configuration.")
  private String engine = "sim";

  @Option(
      names = "--seeds",
      paramLabel = "LIST",
      description =
          "Seeds such as 1-20,35, one run each; all run, whatever differs. --junit goes with it.")
  private @Nullable String seeds;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description =
          "Where a program on which the card differs is kept, as small as it can be made, for sim"
              + " exec.")
  private @Nullable Path keep;

  @Override
  public Integer call() {
    EngineSpec chosen = simulation(engine);
    programs.check();
    if (seeds != null) {
      return several(chosen, SeedList.parse(seeds));
    }
    if (report.asked()) {
      throw new CliException(ExitCodes.USAGE, "--junit goes with --seeds");
    }
    SeedTrial trial = trial(chosen, programs.seed());
    try {
      ConformanceOutput.print(trial.outcome(), spec.commandLine().getOut(), common.json());
    } finally {
      kept(chosen, trial);
    }
    return ExitCodes.OK;
  }

  private int several(EngineSpec chosen, List<Long> all) {
    List<TrialResult> results = new ArrayList<>();
    for (long seed : all) {
      SeedTrial trial = trial(chosen, seed);
      TrialResult result = trial.result();
      results.add(result);
      print(spec.commandLine().getOut(), seed, result);
      kept(chosen, trial);
    }
    return report.of(chosen, results);
  }

  private SeedTrial trial(EngineSpec chosen, long seed) {
    return new SeedTrial(
        chosen, programs.degree(), programs.bits(), programs.instructions(), seed, keep);
  }

  private void print(PrintWriter out, long from, TrialResult result) {
    boolean passed = result.problems().isEmpty();
    if (common.json()) {
      ObjectNode json = Json.object();
      json.put("seed", from);
      json.put("outcome", passed ? "passed" : "differs");
      json.set("problems", Json.strings(result.problems()));
      json.put("cycles", result.cycles());
      json.put("words", result.words());
      json.put("wallSeconds", result.seconds());
      Json.print(out, json);
    } else {
      out.printf(
          Locale.ROOT,
          "seed %d: %s, %.1f s%n",
          from,
          passed
              ? String.format(
                  Locale.ROOT, "passed, %,d words, %,d cycles", result.words(), result.cycles())
              : "DIFFERS: " + result.problems().get(0),
          result.seconds());
      out.flush();
    }
  }

  /** Says where a program is that failed, and how to run it again. */
  private void kept(EngineSpec chosen, SeedTrial trial) {
    PrintWriter err = spec.commandLine().getErr();
    trial
        .kept()
        .ifPresent(
            file -> err.println("kept: ./cipherstream sim exec " + file + " --engine " + chosen));
    err.flush();
  }

  static EngineSpec simulation(String name) {
    return EngineOptions.parse(name, EnumSet.of(EngineSpec.Kind.SIM), "sim or sim:configuration");
  }
}
