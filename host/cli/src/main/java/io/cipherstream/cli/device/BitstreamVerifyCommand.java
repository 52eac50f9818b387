package io.cipherstream.cli.device;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Units;
import io.cipherstream.opencl.image.DeviceImage;
import io.cipherstream.ring.EngineException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code bitstream verify}: checks an image against its manifest, and the manifest against the
 * sources.
 */
@Command(
    name = "verify",
    description =
        "Check that the image built here is the one its manifest names, and that it, and the"
            + " committed manifest, were made from the hardware that these sources elaborate to.")
final class BitstreamVerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "NAME", description = "A configuration; see 'bitstream list'.")
  private String name = "";

  @Override
  public Integer call() {
    BitstreamConfiguration c =
        BitstreamConfiguration.named(BitstreamConfiguration.sourceTree(), name);
    Path built = c.images().resolve(DeviceImage.MANIFEST);
    List<Path> manifests =
        Stream.of(c.images(), c.packaged(), c.folder())
            .map(folder -> folder.resolve(DeviceImage.MANIFEST))
            .filter(Files::isRegularFile)
            .toList();
    if (manifests.isEmpty()) {
      throw new CliException(
          ExitCodes.CHECK_FAILED,
          "nothing of "
              + c.name()
              + " is built here or committed; run: ./cipherstream bitstream build "
              + c.name());
    }
    List<String> held = new ArrayList<>();
    if (manifests.contains(built)) {
      held.add(image(c));
    }
    BitstreamDigests digests = BitstreamDigests.elaborate(c);
    for (Path manifest : manifests) {
      digests.compare(manifest);
      held.add(manifest + ": made from this hardware");
      Path description = manifest.resolveSibling(BitstreamConfiguration.KERNEL_XML);
      if (Files.isRegularFile(description)) {
        sameDescription(description, c.rtl("").resolve(BitstreamConfiguration.KERNEL_XML));
        held.add(description + ": describes this hardware");
      }
    }
    report(c, held);
    return ExitCodes.OK;
  }

  /**
   * Compares a kernel.xml with that of the elaboration.
   *
   * @throws CliException of kind CHECK_FAILED if they differ
   */
  static void sameDescription(Path file, Path elaborated) {
    try {
      if (Files.mismatch(file, elaborated) >= 0) {
        throw failed(file + " is not what these sources elaborate to: stale; build it again", null);
      }
    } catch (IOException e) {
      throw failed(file + " cannot be compared with " + elaborated + ": " + e.getMessage(), e);
    }
  }

  /** Checks the image's length, digest and, for simulated cards, its header. */
  private static String image(BitstreamConfiguration c) {
    try {
      DeviceImage image = DeviceImage.read(c.images());
      if (image.manifest().simulated()) {
        SimulationHeader.check(image.bytes(), image.manifest());
      }
      return c.images().resolve(image.manifest().image().file())
          + ": "
          + Units.bytes(image.manifest().image().bytes())
          + ", SHA-256 "
          + image.manifest().image().sha256();
    } catch (EngineException | IllegalArgumentException e) {
      throw failed(String.valueOf(e.getMessage()), e);
    }
  }

  static CliException failed(String message, @Nullable Throwable cause) {
    return new CliException(ExitCodes.CHECK_FAILED, message, cause);
  }

  private void report(BitstreamConfiguration c, List<String> held) {
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      Json.print(out, Json.object().put("name", c.name()).set("held", Json.strings(held)));
    } else {
      held.forEach(out::println);
    }
  }
}
