package io.cipherstream.network;

import static java.util.Collections.nCopies;

import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelFiles;
import io.cipherstream.model.OnnxGraph;
import io.cipherstream.model.OnnxReader;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.polynomial.ActivationModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a package of a file in a common format.
 *
 * @param name of the network
 * @param labels of the outputs; may be none
 * @param samples questions as the network will get them, from which ranges are taken; may be none
 * @param degree of the polynomials that stand for functions
 * @param licence of the weights, if it was said
 * @param origin where they come from, if it was said
 */
public record NetworkImport(
    String name,
    List<String> labels,
    List<double[]> samples,
    int degree,
    @Nullable String licence,
    @Nullable String origin) {

  /** A degree for functions made of splines. */
  public static final int SPLINE_DEGREE = 15;

  /** A degree for activations. */
  public static final int ACTIVATION_DEGREE = 4;

  /** Larger ONNX files are no networks of a row of numbers. */
  private static final long LAYERS_BYTES_MAX = 64L << 20;

  public NetworkImport {
    labels = List.copyOf(labels);
    samples = List.copyOf(samples);
  }

  /** Whether a file holds a Kolmogorov–Arnold network; false too if it cannot be read. */
  public static boolean isKan(Path file) {
    if (!Files.isRegularFile(file) || !file.toString().endsWith(".safetensors")) {
      return false;
    }
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return KanFile.is(tensors);
    } catch (ModelException e) {
      return false; // the importer that reads it next says why
    }
  }

  /**
   * Imports a Kolmogorov–Arnold network of efficient-kan or pykan.
   *
   * @param folder that holds packages
   * @throws ModelException of any kind; EXISTS before any work is done
   */
  public NetworkPackage kan(Path file, Path folder) {
    return write(file, folder, "kan", null, KanConversion.of(KanFile.read(file), samples, degree));
  }

  /**
   * Whether a file is an ONNX graph that takes one image or one row of numbers; false too if it
   * cannot be read.
   */
  public static boolean isLayers(Path file) {
    try {
      if (!file.toString().endsWith(".onnx") || Files.size(file) > LAYERS_BYTES_MAX) {
        return false;
      }
      OnnxGraph graph = OnnxReader.read(file);
      return graph.inputs().size() == 1
          && graph.nodes().stream().noneMatch(node -> node.operator().equals("Gather"));
    } catch (IOException | ModelException e) {
      return false; // the importer that reads it next says why
    }
  }

  /**
   * Imports linear layers and activations from ONNX.
   *
   * @param activations in place of the file's own, one for each of them; the file's own if empty
   * @param folder that holds packages
   * @throws ModelException of any kind; UNSUPPORTED names a layer that is not computed
   */
  public NetworkPackage layers(Path file, List<ActivationModule> activations, Path folder) {
    LayerStack stack = OnnxLayers.read(file);
    if (!activations.isEmpty()) {
      int own = stack.activations().size();
      if (activations.size() != 1 && activations.size() != own) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            activations.size() + " activations for a network that has " + own);
      }
      stack =
          stack.with(activations.size() == own ? activations : nCopies(own, activations.get(0)));
    }
    ImageShape input = stack.input();
    boolean image = input.height() > 1 || input.width() > 1;
    return write(
        file,
        folder,
        "layers",
        image ? input : null,
        ActivationConversion.of(stack, samples, degree));
  }

  private NetworkPackage write(
      Path file, Path folder, String kind, @Nullable ImageShape image, ConvertedNetwork converted) {
    return NetworkPackage.write(
        new NetworkDescription.About(
            name,
            kind,
            new NetworkDescription.Source(
                String.valueOf(file.getFileName()),
                ModelFiles.digest(file).sha256(),
                licence,
                origin),
            labels,
            image,
            converted.fits()),
        converted.network(),
        folder.resolve(name));
  }
}
