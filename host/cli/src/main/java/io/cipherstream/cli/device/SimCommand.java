package io.cipherstream.cli.device;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sim}: the simulated card. */
@Command(
    name = "sim",
    description = "Run limb programs on a simulated card, cycle by cycle.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SimRunCommand.class,
      SimExecCommand.class,
      SimWaveCommand.class,
      SimStatsCommand.class
    })
public final class SimCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: run, exec, wave or stats");
  }
}
