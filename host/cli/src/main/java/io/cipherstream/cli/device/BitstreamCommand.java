package io.cipherstream.cli.device;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bitstream}: configurations of the core and the images built from them. */
@Command(
    name = "bitstream",
    description = "List, build and verify images of the FPGA core.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BitstreamListCommand.class,
      BitstreamBuildCommand.class,
      BitstreamVerifyCommand.class
    })
public final class BitstreamCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: list, build or verify");
  }
}
