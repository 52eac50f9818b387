package io.cipherstream.cli;

import io.cipherstream.cli.advisories.AdvisoriesCommand;
import io.cipherstream.cli.appliance.AdminCommand;
import io.cipherstream.cli.appliance.ServeCommand;
import io.cipherstream.cli.appliance.StopCommand;
import io.cipherstream.cli.appliance.TenantCommand;
import io.cipherstream.cli.ask.ClassifyCommand;
import io.cipherstream.cli.ask.EmbedCommand;
import io.cipherstream.cli.ask.PredictCommand;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.FailureTexts;
import io.cipherstream.cli.base.OutOfMemory;
import io.cipherstream.cli.base.Version;
import io.cipherstream.cli.bench.BenchCommand;
import io.cipherstream.cli.convert.ConvertCommand;
import io.cipherstream.cli.demo.DemoCommand;
import io.cipherstream.cli.device.BitstreamCommand;
import io.cipherstream.cli.device.OpenClCommand;
import io.cipherstream.cli.device.SimCommand;
import io.cipherstream.cli.evaluate.EvaluateCommand;
import io.cipherstream.cli.gateway.GatewayCommand;
import io.cipherstream.cli.intervals.IntervalsCommand;
import io.cipherstream.cli.load.LoadCommand;
import io.cipherstream.cli.model.ModelCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of the command line. */
@Command(
    name = "cipherstream",
    description = "Private transformer inference: the appliance computes on ciphertexts only.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:failure on this machine (disk, memory, native library)",
      "2:unknown command or option, or an impossible value",
      "3:bad input (text, file, model, mode, a text out of a sealed model's range)",
      "4:the appliance is unreachable or untrusted, or it refused",
      "5:a check failed (doctor, opencl check, bitstream verify, bench, convert)",
      "6:a conversion lost more than --budget allows",
      "130:interrupted; the same command resumes (convert)"
    },
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      GatewayCommand.class,
      ClassifyCommand.class,
      EmbedCommand.class,
      PredictCommand.class,
      EvaluateCommand.class,
      ConvertCommand.class,
      ModelCommand.class,
      IntervalsCommand.class,
      OpenClCommand.class,
      SimCommand.class,
      BitstreamCommand.class,
      DoctorCommand.class,
      BenchCommand.class,
      LoadCommand.class,
      StopCommand.class,
      AdminCommand.class,
      TenantCommand.class,
      SetupCommand.class,
      PackageCommand.class,
      AdvisoriesCommand.class,
      TestCommand.class
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  @Option(names = "--trace", description = "Print the stack trace of a failure.")
  private boolean trace;

  private Main() {}

  public static void main(String[] arguments) {
    OutOfMemory.install();
    try {
      System.exit(run(arguments));
    } catch (Error e) {
      // Threads that wait for this one would keep the process alive forever.
      if (OutOfMemory.ranOut(e)) {
        OutOfMemory.end(e);
      }
      System.err.println("cipherstream: " + FailureTexts.describe(e));
      e.printStackTrace();
      System.exit(ExitCodes.FAILURE);
    }
  }

  /** All commands, to run one or to read their options. */
  static CommandLine commandLine() {
    return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Runs one command line and returns its exit code. */
  public static int run(String... arguments) {
    CommandLine line = commandLine();
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setUsageHelpAutoWidth(true);
    line.setExitCodeExceptionMapper(new ExitCodes());
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          Main main = (Main) line.getCommand();
          command.getErr().println("cipherstream: " + FailureTexts.describe(failure));
          if (main.trace) {
            failure.printStackTrace(command.getErr());
          }
          return ExitCodes.of(failure);
        });
    return line.execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
