package io.cipherstream.cli.device;

import io.cipherstream.bench.cycles.run.ConformanceRun;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.engine.EngineSpec;
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
      names = "--bits",
      paramLabel = "BITS",
      defaultValue = "50",
      description = "Length of the moduli, 20 to 60; default ${DEFAULT-VALUE}.")
  private int bits = 50;

  @Option(
      names = "--instructions",
      paramLabel = "COUNT",
      defaultValue = "200",
      description = "Instructions to run; default ${DEFAULT-VALUE}.")
  private int instructions = 200;

  @Option(names = "--seed", paramLabel = "S", description = "Seed; without it, a new one.")
  private @Nullable Long seed;

  @Override
  public Integer call() {
    EngineSpec chosen = simulation(engine);
    if (degree < 1024 || degree > 32768 || Integer.bitCount(degree) != 1) {
      throw new CliException(
          ExitCodes.USAGE, "--degree " + degree + ": expected a power of two, 1024 to 32768");
    }
    if (instructions < 1 || bits < 20 || bits > 60) {
      throw new CliException(
          ExitCodes.USAGE,
          "--instructions " + instructions + " --bits " + bits + ": expected ≥ 1 and 20 to 60");
    }
    long from = seed == null ? System.nanoTime() : seed;
    ConformanceOutput.print(
        ConformanceRun.of(chosen, degree, bits, instructions, from),
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
