package io.cipherstream.network;

import io.cipherstream.model.FileDigest;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelFiles;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.model.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A network on disk, in a folder of its name: {@code network.json}, which clients get too, and
 * {@code weights.safetensors}.
 */
public final class NetworkPackage {

  private static final String WEIGHTS = "weights.safetensors";

  private final Path folder;
  private final NetworkDescription description;
  private final Network network;

  private NetworkPackage(Path folder, NetworkDescription description, Network network) {
    this.folder = folder;
    this.description = description;
    this.network = network;
  }

  /** Names of the networks in folders that hold one a folder. */
  public static SortedSet<String> names(List<Path> folders) {
    SortedSet<String> names = new TreeSet<>();
    for (Path parent : folders) {
      if (Files.isDirectory(parent)) {
        try (Stream<Path> entries = Files.list(parent)) {
          names.addAll(
              entries
                  .filter(entry -> Files.isRegularFile(entry.resolve(NetworkDescription.FILE)))
                  .map(entry -> entry.getFileName().toString())
                  .filter(name -> ModelRepository.NAME.matcher(name).matches())
                  .toList());
        } catch (IOException e) {
          throw ModelFiles.io("cannot list models in " + parent, e);
        }
      }
    }
    return names;
  }

  /**
   * Opens a network of one of these folders, the first that has it.
   *
   * @throws ModelException of kind NOT_FOUND, MALFORMED, SHAPE, UNSUPPORTED or DIGEST
   */
  public static NetworkPackage find(List<Path> folders, String name) {
    ModelRepository.checkName(name);
    for (Path parent : folders) {
      if (Files.isRegularFile(parent.resolve(name).resolve(NetworkDescription.FILE))) {
        return open(parent.resolve(name));
      }
    }
    throw new ModelException(
        ModelException.Kind.NOT_FOUND, "no network '" + name + "': there are " + names(folders));
  }

  private static NetworkPackage open(Path folder) {
    NetworkDescription description = NetworkDescription.read(folder);
    Path file = folder.resolve(WEIGHTS);
    if (!ModelFiles.digest(file).equals(description.weights())) {
      throw new ModelException(
          ModelException.Kind.DIGEST,
          WEIGHTS + " of network " + description.name() + " is not the file it was made with");
    }
    return new NetworkPackage(folder, description, read(file, description.shape()));
  }

  /**
   * Writes a package beside the target and renames it.
   *
   * @throws ModelException of kind EXISTS, NAME or IO
   */
  static NetworkPackage write(NetworkDescription.About about, Network network, Path folder) {
    ModelRepository.checkName(about.name());
    ModelFiles.createFolder(
        "network " + about.name(),
        folder,
        temporary -> {
          Path file = temporary.resolve(WEIGHTS);
          write(network, file);
          FileDigest digest = ModelFiles.digest(file);
          NetworkDescription description = new NetworkDescription(about, network.shape(), digest);
          Files.write(temporary.resolve(NetworkDescription.FILE), description.toJson());
        });
    return open(folder);
  }

  private static void write(Network network, Path file) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int l = 0; l < network.weights().size(); l++) {
      Network.Weights weights = network.weights().get(l);
      int columns = weights.matrix()[0].length;
      double[] all = new double[weights.matrix().length * columns];
      for (int j = 0; j < weights.matrix().length; j++) {
        System.arraycopy(weights.matrix()[j], 0, all, j * columns, columns);
      }
      writer.addDoubles(matrix(l), all, weights.matrix().length, columns);
      writer.addDoubles(bias(l), weights.bias(), weights.bias().length);
    }
    writer.write(file);
  }

  private static Network read(Path file, NetworkShape shape) {
    List<Network.Weights> weights = new ArrayList<>();
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      for (int l = 0; l < shape.layers().size(); l++) {
        LayerShape layer = shape.layers().get(l);
        int columns = layer.degree() * layer.inputs();
        double[] all = tensors.read(matrix(l)).expect(layer.outputs(), columns).doubles();
        double[][] rows = new double[layer.outputs()][columns];
        for (int j = 0; j < rows.length; j++) {
          System.arraycopy(all, j * columns, rows[j], 0, columns);
        }
        weights.add(
            new Network.Weights(rows, tensors.read(bias(l)).expect(layer.outputs()).doubles()));
      }
    }
    return new Network(shape, weights);
  }

  private static String matrix(int layer) {
    return "layers." + layer + ".matrix";
  }

  private static String bias(int layer) {
    return "layers." + layer + ".bias";
  }

  public Path folder() {
    return folder;
  }

  public NetworkDescription description() {
    return description;
  }

  Network network() {
    return network;
  }

  /**
   * The plaintext pass.
   *
   * @param question checked
   */
  public double[] answer(double[] question) {
    return Arrays.copyOf(network.outputs(question), network.shape().answers());
  }
}
