package io.cipherstream.cli.device;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code opencl}: the OpenCL devices of this machine. */
@Command(
    name = "opencl",
    description = "List OpenCL devices, and check that one computes what SEAL does.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {OpenClListCommand.class, OpenClCheckCommand.class})
public final class OpenClCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: list or check");
  }
}
