package io.cipherstream.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bitstream build}: runs the flow of the configuration's board. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description =
        "Build an image: simulated cards with Verilator, ECP5 with the open tools (tens of"
            + " minutes).")
final class BitstreamBuildCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "A configuration; see 'bitstream list'.")
  private String name = "";

  @Override
  public Integer call() throws InterruptedException {
    BitstreamConfiguration c =
        BitstreamConfiguration.named(BitstreamConfiguration.sourceTree(), name);
    Path script = script(c);
    try {
      int status =
          new ProcessBuilder(List.of(script.toString(), c.name())).inheritIO().start().waitFor();
      if (status != 0) {
        throw new CliException(
            ExitCodes.FAILURE, script + " ended with status " + status + "; its message is above");
      }
    } catch (IOException e) {
      throw new CliException(ExitCodes.FAILURE, script + " cannot be run: " + e.getMessage(), e);
    }
    return ExitCodes.OK;
  }

  /** The script that builds images for the configuration's board. */
  static Path script(BitstreamConfiguration c) {
    return switch (c.board()) {
      case BitstreamConfiguration.SIMULATION -> c.root().resolve("sim").resolve("build.sh");
      case BitstreamConfiguration.OPEN_FLOW -> c.root().resolve("bitstreams").resolve("ecp5.sh");
      default ->
          throw CliException.badInput(
              "board "
                  + c.board()
                  + " of "
                  + c.name()
                  + " has no flow; there are sim and ecp5-85f");
    };
  }
}
