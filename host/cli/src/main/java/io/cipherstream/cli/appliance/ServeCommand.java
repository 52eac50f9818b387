package io.cipherstream.cli.appliance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code serve}: runs the appliance. The launcher script replaces itself by the appliance and does
 * not get here; called otherwise, this command starts it as a child process. Options and their help
 * are the appliance's own.
 */
@Command(
    name = "serve",
    description = "Run the appliance until it is stopped (Ctrl-C, or the stop command).")
public final class ServeCommand implements Callable<Integer> {

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Process process = ServerProcess.builder(arguments).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-appliance"));
    return process.waitFor();
  }
}
