package io.cipherstream.cli.intervals;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code intervals}: tracks that the appliance stores and compares without reading them. */
@Command(
    name = "intervals",
    description = "Store genomic intervals encrypted and query them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      IntervalsLoadCommand.class,
      IntervalsQueryCommand.class,
      IntervalsListCommand.class,
      IntervalsDeleteCommand.class
    })
public final class IntervalsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: load, query, list or delete");
  }
}
