package io.cipherstream.cli;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code setup}: done by the launcher script; this class holds its help. */
@Command(
    name = "setup",
    description =
        "Install missing Debian packages, build, and import the model minilm. Every other command"
            + " does this by itself when it is needed.")
final class SetupCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean unusedHelp;

  @Option(
      names = "--with-hexl",
      description =
          "Also install what SEAL with Intel HEXL needs and build it; only 'bench' uses it, as the"
              + " baseline.")
  private boolean unusedHexl;

  @Override
  public Integer call() {
    throw new CliException(ExitCodes.USAGE, "set-up is done by the script: ./cipherstream setup");
  }
}
