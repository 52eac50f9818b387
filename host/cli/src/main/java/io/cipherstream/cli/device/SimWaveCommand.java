package io.cipherstream.cli.device;

import io.cipherstream.bench.cycles.run.ConformanceRun;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.engine.EngineSpec;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sim wave}: a small run with a waveform; the launcher names the file. */
@Command(
    name = "wave",
    description =
        "Run a few instructions at N = 1024 and write a waveform to the file that the environment"
            + " variable CIPHERSTREAM_SIM_WAVE names; default: sim.fst.")
final class SimWaveCommand implements Callable<Integer> {

  private static final String DEFAULT_ENGINE = "sim:sim-small-debug";

  private static final String RECORDING = "-debug";
  private static final int DEGREE = 1024;
  private static final int BITS = 50;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--engine",
      paramLabel = "E",
      defaultValue = DEFAULT_ENGINE,
      description =
          "sim:configuration-debug, since only such images record waveforms; default"
              + " ${DEFAULT-VALUE}.")
  private String engine = DEFAULT_ENGINE;

  @Option(
      names = "--instructions",
      paramLabel = "COUNT",
      defaultValue = "10",
      description = "Instructions to run, 1 to 1000; default ${DEFAULT-VALUE}.")
  private int instructions = 10;

  @Override
  public Integer call() {
    String file = System.getenv("CIPHERSTREAM_SIM_WAVE");
    if (file == null) {
      throw new CliException(
          ExitCodes.USAGE, "CIPHERSTREAM_SIM_WAVE is not set; start through ./cipherstream");
    }
    if (instructions < 1 || instructions > 1000) {
      throw new CliException(
          ExitCodes.USAGE, "--instructions " + instructions + ": expected 1 to 1000");
    }
    EngineSpec chosen = SimRunCommand.simulation(engine);
    if (!chosen.device().endsWith(RECORDING)) {
      throw new CliException(
          ExitCodes.USAGE,
          "engine '"
              + engine
              + "' records no waveform: expected a configuration with "
              + RECORDING
              + " at the end of its name, such as "
              + DEFAULT_ENGINE);
    }
    ConformanceOutput.print(
        ConformanceRun.of(chosen, DEGREE, BITS, instructions, 1, (one, two, program, data) -> {}),
        spec.commandLine().getOut(),
        common.json());
    if (!common.json()) {
      spec.commandLine().getOut().println("waveform    " + file);
    }
    return ExitCodes.OK;
  }
}
