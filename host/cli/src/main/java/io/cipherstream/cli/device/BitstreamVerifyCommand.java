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
        "Check that the image built here is the one its manifest names, and that it, the committed"
            + " manifest and the committed estimate were made from the hardware that these sources"
            + " elaborate to. All that were not are named.")
final class BitstreamVerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description =
          "Configurations, see 'bitstream list'. Default: all of which something is built or"
              + " committed.")
  private List<String> names = List.of();

  @Override
  public Integer call() {
    Path root = BitstreamConfiguration.sourceTree();
    List<BitstreamConfiguration> chosen =
        names.isEmpty()
            ? BitstreamConfiguration.all(root).stream().filter(c -> !c.records().isEmpty()).toList()
            : names.stream().map(name -> BitstreamConfiguration.named(root, name)).toList();
    List<String> failed = new ArrayList<>();
    for (BitstreamConfiguration c : chosen) {
      try {
        report(c, verified(c));
      } catch (CliException e) {
        if (e.exitCode() != ExitCodes.CHECK_FAILED) {
          throw e;
        }
        failed.add(String.valueOf(e.getMessage()));
      }
    }
    if (!failed.isEmpty()) {
      throw failed(String.join("\n", failed), null);
    }
    return ExitCodes.OK;
  }

  /** Builds nothing; elaborates and compares. Gives what held. */
  private static List<String> verified(BitstreamConfiguration c) {
    Path built = c.images().resolve(DeviceImage.MANIFEST);
    List<Path> records = c.records();
    if (records.isEmpty()) {
      throw new CliException(
          ExitCodes.CHECK_FAILED,
          "nothing of "
              + c.name()
              + " is built here or committed; run: ./cipherstream bitstream build "
              + c.name());
    }
    List<String> held = new ArrayList<>();
    if (records.contains(built)) {
      held.add(image(c));
    }
    BitstreamDigests digests = BitstreamDigests.elaborate(c);
    held.addAll(current(c, records, digests));
    return held;
  }

  /**
   * Compares all that a configuration has with the present hardware.
   *
   * @return what held
   * @throws CliException of kind CHECK_FAILED that names all that did not
   */
  static List<String> current(
      BitstreamConfiguration c, List<Path> records, BitstreamDigests digests) {
    List<String> held = new ArrayList<>();
    List<String> stale = new ArrayList<>();
    for (Path record : records) {
      List<String> differences = digests.differences(record);
      stale.addAll(differences);
      if (differences.isEmpty()) {
        held.add(record + ": made from this hardware");
      }
      Path description = record.resolveSibling(BitstreamConfiguration.KERNEL_XML);
      if (record.endsWith(DeviceImage.MANIFEST) && Files.isRegularFile(description)) {
        if (sameDescription(description, c.rtl("").resolve(BitstreamConfiguration.KERNEL_XML))) {
          held.add(description + ": describes this hardware");
        } else {
          stale.add(description + " is not what these sources elaborate to: stale; build it again");
        }
      }
    }
    if (!stale.isEmpty()) {
      throw failed(String.join("\n", stale), null);
    }
    return held;
  }

  /** Whether a kernel.xml is that of the elaboration. */
  private static boolean sameDescription(Path file, Path elaborated) {
    try {
      return Files.mismatch(file, elaborated) < 0;
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
