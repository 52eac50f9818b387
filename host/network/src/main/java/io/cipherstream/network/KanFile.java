package io.cipherstream.network;

import io.cipherstream.model.ModelException;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.model.TensorData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the layers of a Kolmogorov–Arnold network from a safetensors file with the names that
 * PyTorch's {@code state_dict()} gives them:
 *
 * <ul>
 *   <li>efficient-kan: {@code layers.N.grid} [in, G + 2k + 1], {@code base_weight} [out, in],
 *       {@code spline_weight} [out, in, G + k], {@code spline_scaler} [out, in] if there is one
 *   <li>pykan: {@code act_fun.N.grid} [in, G + 2k + 1], {@code coef} [in, out, G + k], {@code
 *       scale_base}, {@code scale_sp} and {@code mask} [in, out], then {@code subnode_scale_N},
 *       {@code subnode_bias_N}, {@code node_scale_N}, {@code node_bias_N} [out]; no symbolic
 *       functions and no nodes that multiply
 * </ul>
 *
 * <p>The function beside the splines is SiLU, which is both programs' own choice; no file says it.
 */
final class KanFile {

  private static final int LAYERS_MAX = 8;
  private static final String EFFICIENT = "layers.%d.";
  private static final String PYKAN = "act_fun.%d.";

  private final SafetensorsFile file;

  private KanFile(SafetensorsFile file) {
    this.file = file;
  }

  /** Whether a file has the names of either program. */
  static boolean is(SafetensorsFile file) {
    return file.names().contains("layers.0.spline_weight")
        || file.names().contains("act_fun.0.coef");
  }

  /**
   * @throws ModelException as {@link SafetensorsFile} has, and of kind UNSUPPORTED or SHAPE for
   *     what is no network of this kind
   */
  static List<KanLayer> read(Path path) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      return new KanFile(file).layers();
    }
  }

  private List<KanLayer> layers() {
    boolean pykan = file.names().contains("act_fun.0.coef");
    String names = pykan ? PYKAN : EFFICIENT;
    List<KanLayer> layers = new ArrayList<>();
    while (file.names().contains(String.format(names, layers.size()) + "grid")) {
      if (layers.size() == LAYERS_MAX) {
        throw new ModelException(
            ModelException.Kind.SHAPE, "more than " + LAYERS_MAX + " layers of splines");
      }
      KanLayer next = pykan ? pykan(layers.size()) : efficient(layers.size());
      if (!layers.isEmpty() && layers.get(layers.size() - 1).outputs() != next.inputs()) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            "layer "
                + layers.size()
                + " has "
                + next.inputs()
                + " inputs, the layer before "
                + layers.get(layers.size() - 1).outputs()
                + " outputs");
      }
      layers.add(next);
    }
    if (layers.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.TENSOR_MISSING,
          "no layers.0.grid and no act_fun.0.grid: expected a Kolmogorov-Arnold network of"
              + " efficient-kan or pykan");
    }
    return layers;
  }

  private KanLayer efficient(int layer) {
    String prefix = String.format(EFFICIENT, layer);
    TensorData weight = file.read(prefix + "spline_weight").expectDimensions(3);
    int outputs = weight.shape()[0];
    int inputs = weight.shape()[1];
    int count = weight.shape()[2];
    check(prefix, inputs, outputs);
    SplineBasis[] splines = splines(prefix, inputs, count);
    double[][] base = matrix(prefix + "base_weight", outputs, inputs);
    boolean scaled = file.names().contains(prefix + "spline_scaler");
    double[][] scaler = scaled ? matrix(prefix + "spline_scaler", outputs, inputs) : null;
    double[] all = weight.doubles();
    double[][][] spline = new double[outputs][inputs][];
    for (int j = 0; j < outputs; j++) {
      for (int i = 0; i < inputs; i++) {
        int at = (j * inputs + i) * count;
        double factor = scaler == null ? 1 : scaler[j][i];
        spline[j][i] = Arrays.stream(all, at, at + count).map(value -> factor * value).toArray();
      }
    }
    return new KanLayer(splines, base, spline, new double[outputs]);
  }

  private KanLayer pykan(int layer) {
    String prefix = String.format(PYKAN, layer);
    TensorData coefficients = file.read(prefix + "coef").expectDimensions(3);
    int inputs = coefficients.shape()[0];
    int outputs = coefficients.shape()[1];
    int count = coefficients.shape()[2];
    check(prefix, inputs, outputs);
    SplineBasis[] splines = splines(prefix, inputs, count);
    noSymbols(layer);
    double[][] base = matrix(prefix + "scale_base", inputs, outputs);
    double[][] scale = matrix(prefix + "scale_sp", inputs, outputs);
    double[][] mask = matrix(prefix + "mask", inputs, outputs);
    double[] inner = perOutput("subnode_scale_" + layer, outputs, 1);
    double[] innerBias = perOutput("subnode_bias_" + layer, outputs, 0);
    double[] outer = perOutput("node_scale_" + layer, outputs, 1);
    double[] outerBias = perOutput("node_bias_" + layer, outputs, 0);
    double[] all = coefficients.doubles();
    double[][] ownBase = new double[outputs][inputs];
    double[][][] spline = new double[outputs][inputs][];
    double[] bias = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      double factor = outer[j] * inner[j];
      bias[j] = outer[j] * innerBias[j] + outerBias[j];
      for (int i = 0; i < inputs; i++) {
        double edge = factor * mask[i][j];
        double ofSplines = edge * scale[i][j];
        int at = (i * outputs + j) * count;
        ownBase[j][i] = edge * base[i][j];
        spline[j][i] = Arrays.stream(all, at, at + count).map(value -> ofSplines * value).toArray();
      }
    }
    return new KanLayer(splines, ownBase, spline, bias);
  }

  private void noSymbols(int layer) {
    String name = "symbolic_fun." + layer + ".mask";
    if (file.names().contains(name)
        && Arrays.stream(file.read(name).doubles()).anyMatch(value -> value != 0)) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          name + " is not 0: edges with symbolic functions are not computed; use splines alone");
    }
  }

  private static void check(String prefix, int inputs, int outputs) {
    if (inputs < 1
        || outputs < 1
        || inputs > LayerShape.WIDTH_MAX
        || outputs > LayerShape.WIDTH_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          prefix
              + " has "
              + inputs
              + " inputs and "
              + outputs
              + " outputs: expected 1 to "
              + LayerShape.WIDTH_MAX);
    }
  }

  private SplineBasis[] splines(String prefix, int inputs, int count) {
    TensorData grid = file.read(prefix + "grid").expectDimensions(2);
    int knots = grid.shape()[1];
    grid.expect(inputs, knots);
    double[] all = grid.doubles();
    SplineBasis[] splines = new SplineBasis[inputs];
    for (int i = 0; i < inputs; i++) {
      double[] own = Arrays.copyOfRange(all, i * knots, (i + 1) * knots);
      try {
        splines[i] = new SplineBasis(own, knots - count - 1);
      } catch (IllegalArgumentException e) {
        throw new ModelException(
            ModelException.Kind.SHAPE, prefix + "grid, input " + i + ": " + e.getMessage(), e);
      }
    }
    return splines;
  }

  private double[][] matrix(String name, int rows, int columns) {
    double[] all = file.read(name).expect(rows, columns).doubles();
    double[][] matrix = new double[rows][];
    for (int r = 0; r < rows; r++) {
      matrix[r] = Arrays.copyOfRange(all, r * columns, (r + 1) * columns);
    }
    return matrix;
  }

  private double[] perOutput(String name, int outputs, double otherwise) {
    if (!file.names().contains(name)) {
      double[] all = new double[outputs];
      Arrays.fill(all, otherwise);
      return all;
    }
    TensorData tensor = file.read(name);
    if (tensor.length() != outputs) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          name
              + " has "
              + tensor.length()
              + " numbers for "
              + outputs
              + " outputs: nodes that multiply are not computed");
    }
    return tensor.doubles();
  }
}
