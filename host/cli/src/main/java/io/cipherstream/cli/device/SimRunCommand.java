package io.cipherstream.cli.device;

import io.cipherstream.bench.cycles.run.ConformanceRun;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.engine.EngineSpec;
import java.util.concurrent.Callable;
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
  @Mixin private RandomProgramOptions programs;

  @Option(
      names = "--engine",
      paramLabel = "E",
      defaultValue = "sim",
      description = "sim (default) or sim:configuration.")
  private String engine = "sim";

  @Option(
      names = "--degree",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Ring degree, a power of two that the image takes; default ${DEFAULT-VALUE}.")
  private int degree = 1024;

  @Option(
      names = "--instructions",
      paramLabel = "COUNT",
      defaultValue = "200",
      description = "Instructions to run; default ${DEFAULT-VALUE}.")
  private int instructions = 200;

  @Override
  public Integer call() {
    EngineSpec chosen = simulation(engine);
    programs.check(degree, instructions);
    long from = programs.seed();
    ConformanceOutput.print(
        ConformanceRun.of(chosen, degree, programs.bits(), instructions, from),
        spec.commandLine().getOut(),
        common.json());
    return ExitCodes.OK;
  }

  static EngineSpec simulation(String name) {
    EngineSpec chosen = EngineOptions.parse(name);
    if (chosen.kind() != EngineSpec.Kind.SIM) {
      throw new CliException(
          ExitCodes.USAGE, "engine '" + name + "': expected sim or sim:configuration");
    }
    return chosen;
  }
}
