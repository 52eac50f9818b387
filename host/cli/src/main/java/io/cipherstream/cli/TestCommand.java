package io.cipherstream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code test}: done by the launcher script; this class holds its help. */
@Command(name = "test", description = "Run the whole test suite: build, format check, all tests.")
final class TestCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Override
  public Integer call() {
    throw new CliException(ExitCodes.USAGE, "tests are run by the script: ./cipherstream test");
  }
}
