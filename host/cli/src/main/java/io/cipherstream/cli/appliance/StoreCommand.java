package io.cipherstream.cli.appliance;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code store}: the launcher script runs the appliance's own program, which knows its files; this
 * class holds the place of the command.
 */
@Command(
    name = "store",
    description = "Back up what an appliance has stored, and restore it (store --help).")
public final class StoreCommand implements Callable<Integer> {

  @Unmatched private List<String> unusedArguments = new ArrayList<>();

  @Override
  public Integer call() {
    throw new CliException(
        ExitCodes.USAGE, "stores are backed up by the script: ./cipherstream store");
  }
}
