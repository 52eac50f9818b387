package io.cipherstream.cli.model;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code model}: the models on this machine. */
@Command(
    name = "model",
    description = "Import, list, inspect, plan and try models.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ModelImportCommand.class,
      ModelListCommand.class,
      ModelInspectCommand.class,
      ModelPlanCommand.class,
      ModelTryCommand.class
    })
public final class ModelCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: import, list, inspect, plan or try");
  }
}
