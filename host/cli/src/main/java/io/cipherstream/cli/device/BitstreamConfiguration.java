package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.opencl.image.DeviceImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A configuration of the source tree, {@code bitstreams/<board>/<name>/configuration.json}, and the
 * paths of its parts.
 *
 * @param root of the source tree
 */
public record BitstreamConfiguration(Path root, String board, String name) {

  static final String SIMULATION = "sim";
  static final String OPEN_FLOW = "ecp5-85f";

  /** Vitis' description of a kernel, beside the manifests of Alveo cards. */
  static final String KERNEL_XML = "kernel.xml";

  /** What synthesis by open tools says of a kernel's size. */
  private static final String ESTIMATE = "estimate.json";

  private static final String ALVEO = "alveo-";

  private static final String FILE = "configuration.json";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final long JSON_BYTES_MAX = 1 << 20;

  /** All configurations of a source tree, by board and name. */
  static List<BitstreamConfiguration> all(Path root) {
    Path bitstreams = root.resolve("bitstreams");
    if (!Files.isDirectory(bitstreams)) {
      throw new CliException(
          ExitCodes.FAILURE, bitstreams + " is missing; images are built in the source tree");
    }
    try (Stream<Path> files = Files.walk(bitstreams, 3)) {
      return files
          .map(bitstreams::relativize)
          .filter(f -> f.getNameCount() == 3 && f.endsWith(FILE))
          .map(
              f ->
                  new BitstreamConfiguration(
                      root, f.getName(0).toString(), f.getName(1).toString()))
          .sorted(
              Comparator.comparing(BitstreamConfiguration::board)
                  .thenComparing(BitstreamConfiguration::name))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new CliException(ExitCodes.FAILURE, bitstreams + " cannot be read: " + e, e);
    }
  }

  /**
   * The configuration of that name.
   *
   * @throws CliException of kind BAD_INPUT if there is none
   */
  static BitstreamConfiguration named(Path root, String name) {
    List<BitstreamConfiguration> all = all(root);
    return all.stream()
        .filter(c -> NAME.matcher(name).matches() && c.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CliException.badInput(
                    "no configuration '"
                        + name
                        + "'; there are: "
                        + String.join(", ", all.stream().map(c -> c.name()).toList())));
  }

  /** The source tree that the launcher started this program from. */
  public static Path sourceTree() {
    String root = System.getProperty("cipherstream.root");
    if (root == null) {
      throw new CliException(
          ExitCodes.FAILURE,
          "the Java property cipherstream.root is not set; start the program through"
              + " ./cipherstream");
    }
    return Path.of(root);
  }

  /** The committed files: configuration, and for boards manifest and reports. */
  Path folder() {
    return root.resolve("bitstreams").resolve(board).resolve(name);
  }

  Path file() {
    return folder().resolve(FILE);
  }

  /** Whether only AMD's tools can make the image. */
  boolean alveo() {
    return board.startsWith(ALVEO);
  }

  /** The files built here: image and manifest. */
  Path images() {
    return root.resolve("target").resolve("images").resolve(board).resolve(name);
  }

  /** The input of AMD's tools for an Alveo card's image. */
  Path packaged() {
    return images().resolve("package");
  }

  /** Files there are that record the hardware they were made from: manifests and the estimate. */
  List<Path> records() {
    return Stream.of(
            images().resolve(DeviceImage.MANIFEST),
            packaged().resolve(DeviceImage.MANIFEST),
            folder().resolve(DeviceImage.MANIFEST),
            folder().resolve(ESTIMATE))
        .filter(Files::isRegularFile)
        .toList();
  }

  /** The result of the last elaboration here. */
  Path elaboration() {
    return rtl("").resolve("elaboration.json");
  }

  /** Folder of the elaborated kernel or, with a suffix, of another elaboration. */
  Path rtl(String suffix) {
    return root.resolve("target").resolve("rtl").resolve(name + suffix);
  }

  /** A JSON file's content, or null if there is no such file. */
  static @Nullable JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      if (Files.size(file) > JSON_BYTES_MAX) {
        throw new CliException(
            ExitCodes.CHECK_FAILED, file + ": more than " + JSON_BYTES_MAX + " bytes");
      }
      return Json.MAPPER.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CliException(ExitCodes.CHECK_FAILED, file + " is not JSON: " + e.getMessage(), e);
    }
  }
}
