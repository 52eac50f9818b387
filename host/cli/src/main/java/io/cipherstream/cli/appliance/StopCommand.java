package io.cipherstream.cli.appliance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stop}: asks the running appliance to finish what it has started and to end. */
@Command(
    name = "stop",
    description = "Stop the appliance that 'serve' runs, gracefully. It is no error if none runs.")
public final class StopCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The appliance's data folder, if not the default one.")
  private @Nullable Path dataFolder;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Longest wait; default: ${DEFAULT-VALUE}.",
      defaultValue = "60")
  private int timeoutSeconds = 60;

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = dataFolder == null ? Home.server() : dataFolder;
    Optional<ApplianceState> running = ApplianceState.read(folder);
    if (running.isEmpty()) {
      report(out, false, "no appliance runs with the data folder " + folder);
      return ExitCodes.OK;
    }
    long pid = running.get().pid();
    ProcessHandle process =
        ProcessHandle.of(pid)
            .orElseThrow(() -> new CliException(ExitCodes.FAILURE, "process " + pid + " is gone"));
    if (!process.destroy()) {
      throw new CliException(
          ExitCodes.FAILURE,
          "process " + pid + " could not be asked to stop; does another user own it?");
    }
    try {
      process.onExit().get(timeoutSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CliException(
          ExitCodes.FAILURE,
          "process " + pid + " still runs after " + timeoutSeconds + " s; it may be draining",
          e);
    }
    report(out, true, "stopped the appliance at " + running.get().url());
    return ExitCodes.OK;
  }

  private void report(PrintWriter out, boolean stopped, String message) {
    if (common.json()) {
      ObjectNode json = Json.object();
      json.put("stopped", stopped);
      json.put("message", message);
      Json.print(out, json);
    } else {
      out.println(message);
    }
  }
}
