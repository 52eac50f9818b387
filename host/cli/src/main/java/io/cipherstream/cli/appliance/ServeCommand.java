package io.cipherstream.cli.appliance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code serve}: runs the appliance. The launcher script replaces itself by the appliance and does
 * not get here. Started in any other way, this command runs the appliance as a child process.
 * Options and their help are the appliance's.
 */
@Command(
    name = "serve",
    description = "Run the appliance until it is stopped (Ctrl-C, or the stop command).")
public final class ServeCommand implements Callable<Integer> {

  /** The option in one argument; {@code compute.engine} follows {@code --set}. */
  private static final Pattern ENGINE =
      Pattern.compile("(?:--engine|(?:--set=)?compute\\.engine)=(.*)");

  @Unmatched private List<String> arguments = new ArrayList<>();

  /** Engines that the appliance's options name; the last one counts. */
  public List<String> engines() {
    List<String> named = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      Matcher option = ENGINE.matcher(arguments.get(i));
      if (option.matches()) {
        named.add(option.group(1));
      } else if (arguments.get(i).equals("--engine") && i + 1 < arguments.size()) {
        named.add(arguments.get(i + 1));
      }
    }
    return named.isEmpty() ? named : named.subList(named.size() - 1, named.size());
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Process process = ServerProcess.builder(arguments).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-appliance"));
    return process.waitFor();
  }
}
