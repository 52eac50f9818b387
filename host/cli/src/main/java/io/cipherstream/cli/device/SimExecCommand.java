package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.bench.trial.TrialFiles;
import io.cipherstream.bench.trial.TrialResult;
import io.cipherstream.bench.trial.TrialResult.Outcome;
import io.cipherstream.bench.trial.TrialRun;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.engine.EngineSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sim exec}: limb programs from files. */
@Command(
    name = "exec",
    description =
        "Run limb programs from text files on a simulated card (or another engine), compare every"
            + " word with the interpreter and with files, and report to continuous integration."
            + " Words of segment x of program p.lp are taken from p.x.in and expected as in"
            + " p.x.expect beside it, 64-bit little endian, or decimal with .txt behind that name;"
            + " words that no file has are drawn.")
final class SimExecCommand implements Callable<Integer> {

  private static final Set<EngineSpec.Kind> ENGINES =
      EnumSet.of(
          EngineSpec.Kind.SIM,
          EngineSpec.Kind.OPENCL,
          EngineSpec.Kind.SEAL_LIMB,
          EngineSpec.Kind.JAVA);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private TrialReport report;

  @Parameters(arity = "1..*", paramLabel = "PROGRAM", description = "Program files.")
  private List<Path> programs = List.of();

  @Option(
      names = "--engine",
      paramLabel = "E",
      defaultValue = "sim",
      description =
          "sim[:configuration] (default), opencl[:platform[/device]], seal-limb or java, the"
              + " interpreter itself.")
  private String engine = "sim";

  @Option(
      names = "--in",
      paramLabel = "SEGMENT=FILE",
      description = "Words of a segment before; for one program.")
  private Map<String, Path> in = Map.of();

  @Option(
      names = "--expect",
      paramLabel = "SEGMENT=FILE",
      description = "Words of a segment afterwards; for one program.")
  private Map<String, Path> expect = Map.of();

  @Option(
      names = "--out",
      paramLabel = "SEGMENT=FILE",
      description = "Where to write the words of a segment afterwards; for one program.")
  private Map<String, Path> out = Map.of();

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of words that are drawn; default ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Override
  public Integer call() {
    EngineSpec chosen =
        EngineOptions.parse(
            engine, ENGINES, "sim[:configuration], opencl[:platform[/device]], seal-limb or java");
    TrialFiles files = new TrialFiles(in, expect, out);
    if (programs.size() > 1 && !files.equals(TrialFiles.BESIDE)) {
      throw new CliException(
          ExitCodes.USAGE,
          "--in, --expect and --out are for one program, and there are " + programs.size());
    }
    List<TrialResult> results = new ArrayList<>();
    try (TrialRun run = new TrialRun(chosen);
        Progress progress = Progress.onStandardError()) {
      for (Path program : programs) {
        String step = program + " (" + (results.size() + 1) + " of " + programs.size() + "): ";
        TrialResult result =
            run.of(program, files, seed, (s, done, all) -> progress.progress(step + s, done, all));
        print(program, result);
        results.add(result);
      }
    }
    return report.of(chosen, results);
  }

  private void print(Path program, TrialResult result) {
    PrintWriter to = spec.commandLine().getOut();
    if (common.json()) {
      ObjectNode json = Json.object();
      json.put("program", program.toString());
      json.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      json.set("problems", Json.strings(result.problems()));
      json.put("instructions", result.instructions());
      json.put("cycles", result.cycles());
      json.put("words", result.words());
      json.put("expectedWords", result.expectedWords());
      json.set("drawn", Json.strings(result.drawn()));
      json.put("seed", seed);
      json.put("wallSeconds", result.seconds());
      Json.print(to, json);
      return;
    }
    if (result.outcome() != Outcome.PASSED) {
      to.println(program + ": " + (result.outcome() == Outcome.DIFFERS ? "DIFFERS" : "FAULT"));
      result.problems().forEach(problem -> to.println("  " + problem));
    } else {
      to.printf(
          Locale.ROOT,
          "%s: passed, %,d instructions%s, %,d words as the interpreter's, %,d as in files, %.1f s%n",
          program,
          result.instructions(),
          result.cycles() == 0 ? "" : String.format(Locale.ROOT, ", %,d cycles", result.cycles()),
          result.words(),
          result.expectedWords(),
          result.seconds());
    }
    if (!result.drawn().isEmpty()) {
      to.println("  drawn with seed " + seed + ": " + String.join(", ", result.drawn()));
    }
    to.flush();
  }
}
