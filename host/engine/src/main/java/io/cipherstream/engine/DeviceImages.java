package io.cipherstream.engine;

import io.cipherstream.opencl.image.DeviceImage;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The device images that were built on this machine: folders {@code board/configuration} with a
 * manifest, below the folder that the system property {@value #PROPERTY} names.
 */
public final class DeviceImages {

  /** System property with the folder of all images. */
  public static final String PROPERTY = "cipherstream.images";

  /** Configuration that {@code sim} stands for. */
  public static final String SIMULATION_CONFIGURATION = "sim-cluster";

  /** How the simulated cards are selected among OpenCL devices. */
  static final String SIMULATION = "opencl:Cipherstream Simulation";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private DeviceImages() {}

  /** An image, or why it cannot be used. */
  public record Found(Path folder, String name, String board, String problem) {

    /** Whether its manifest is in order; the image itself is checked when it is used. */
    public boolean usable() {
      return problem.isEmpty();
    }
  }

  /**
   * Folder of the image of a simulated configuration.
   *
   * @param configuration its name; empty for {@value #SIMULATION_CONFIGURATION}
   * @throws EngineException of kind UNAVAILABLE if images are nowhere or that one was not built
   */
  static Path simulation(String configuration) {
    String name = configuration.isEmpty() ? SIMULATION_CONFIGURATION : configuration;
    if (!NAME.matcher(name).matches()) {
      throw unavailable(
          "simulation '" + name + "': expected the name of a configuration, such as sim-cluster");
    }
    String images = System.getProperty(PROPERTY);
    if (images == null) {
      throw unavailable(
          "no folder of device images is known: start the program through ./cipherstream, or set"
              + " the Java property "
              + PROPERTY);
    }
    Path folder = Path.of(images, ImageManifest.SIMULATION, name);
    if (!Files.isRegularFile(folder.resolve(DeviceImage.MANIFEST))) {
      throw unavailable(
          "no image of simulation "
              + name
              + " in "
              + folder
              + ": './cipherstream bitstream build "
              + name
              + "' makes it; there are: "
              + list().stream()
                  .filter(image -> image.board().equals(ImageManifest.SIMULATION))
                  .map(Found::name)
                  .toList());
    }
    return folder;
  }

  /** All images, by board and name; none if the property is not set. */
  public static List<Found> list() {
    String images = System.getProperty(PROPERTY);
    if (images == null) {
      return List.of();
    }
    List<Found> found = new ArrayList<>();
    for (Path board : folders(Path.of(images))) {
      for (Path folder : folders(board)) {
        if (Files.isRegularFile(folder.resolve(DeviceImage.MANIFEST))) {
          found.add(found(board, folder));
        }
      }
    }
    return found;
  }

  private static Found found(Path board, Path folder) {
    String name = String.valueOf(folder.getFileName());
    String boardName = String.valueOf(board.getFileName());
    try {
      ImageManifest manifest = DeviceImage.manifest(folder);
      return new Found(folder, manifest.name(), manifest.board(), "");
    } catch (EngineException e) {
      return new Found(folder, name, boardName, String.valueOf(e.getMessage()));
    }
  }

  private static List<Path> folders(Path of) {
    try (Stream<Path> entries = Files.list(of)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static EngineException unavailable(String message) {
    return new EngineException(EngineException.Kind.UNAVAILABLE, message);
  }
}
