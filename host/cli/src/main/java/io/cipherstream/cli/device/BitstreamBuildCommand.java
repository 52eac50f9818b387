package io.cipherstream.cli.device;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
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
            + " minutes), Alveo cards with AMD's tools or, without them, their input.")
final class BitstreamBuildCommand implements Callable<Integer> {

  /** Status of alveo.sh when it made everything but the image, since its tools are missing here. */
  private static final int TOOLS_MISSING = 3;

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
      if (status == TOOLS_MISSING && c.alveo()) {
        throw new CliException(
            ExitCodes.FAILURE,
            "no image of "
                + c.name()
                + ": AMD's Vivado and v++ are needed; the package for them is "
                + c.packaged());
      }
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
    Path bitstreams = c.root().resolve("bitstreams");
    if (c.alveo()) {
      return bitstreams.resolve("alveo.sh");
    }
    return switch (c.board()) {
      case BitstreamConfiguration.SIMULATION -> c.root().resolve("sim").resolve("build.sh");
      case BitstreamConfiguration.OPEN_FLOW -> bitstreams.resolve("ecp5.sh");
      default ->
          throw CliException.badInput(
              "board "
                  + c.board()
                  + " of "
                  + c.name()
                  + " has no flow; there are sim, ecp5-85f, alveo-u250, alveo-u280 and alveo-u55c");
    };
  }
}
