package io.cipherstream.cli;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code package}: done by the launcher script; this class holds its help. */
@Command(
    name = "package",
    description =
        "Make a Debian package and a tarball of the appliance and the command line, or a container"
            + " image of the appliance, for machines that serve (docs/operations.md).")
final class PackageCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean unusedHelp;

  @Option(
      names = "--image",
      description = "Make a container image, an archive for 'docker load', in their place.")
  private boolean unusedImage;

  @Parameters(
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "Where they are put (default: target/packages).")
  private String unusedFolder = "";

  @Override
  public Integer call() {
    throw new CliException(
        ExitCodes.USAGE, "packages are made by the script: ./cipherstream package");
  }
}
