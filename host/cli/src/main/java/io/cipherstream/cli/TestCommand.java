package io.cipherstream.cli;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code test}: done by the launcher script; this class holds its help. */
@Command(
    name = "test",
    description =
        "Run the whole test suite: build, format check, all tests. With names, run the tests of"
            + " only those modules (client, fpga, sim) or classes (SessionOpenerTest). With"
            + " --quick, run the fast tests that need no native code, training or hardware."
            + " Other options that begin with '-' go to Maven.")
final class TestCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean unusedHelp;

  @Option(
      names = "--quick",
      description = "Run only the quick tier: about three minutes from a built tree.")
  private boolean unusedQuick;

  @Parameters(paramLabel = "NAME", description = "A module or a test class.")
  private List<String> unusedNames = List.of();

  @Override
  public Integer call() {
    throw new CliException(ExitCodes.USAGE, "tests are run by the script: ./cipherstream test");
  }
}
