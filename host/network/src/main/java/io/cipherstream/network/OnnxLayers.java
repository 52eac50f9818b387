package io.cipherstream.network;

import io.cipherstream.model.ModelException;
import io.cipherstream.model.OnnxConstant;
import io.cipherstream.model.OnnxGraph;
import io.cipherstream.model.OnnxReader;
import io.cipherstream.polynomial.ActivationModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a network of one line of layers from ONNX: Conv, AveragePool, GlobalAveragePool,
 * BatchNormalization, Gemm, MatMul, Add, Sub, Mul and Div with constants, Flatten, Reshape to a
 * vector, Identity, Dropout, and the activations of {@link ActivationModule}. Linear layers that
 * follow each other become one matrix, so that BatchNorm and pooling cost nothing. Any other
 * operator is refused by its name.
 */
final class OnnxLayers {

  private final OnnxGraph graph;
  private final Map<String, OnnxConstant> constants;
  private final List<AffineMap> maps = new ArrayList<>();
  private final List<ActivationModule> activations = new ArrayList<>();
  private ImageShape shape;
  private AffineMap open;

  private OnnxLayers(OnnxGraph graph, ImageShape input) {
    this.graph = graph;
    this.constants = new HashMap<>(graph.constants());
    this.shape = input;
    this.open = AffineMap.identity(input.count());
  }

  /**
   * @throws ModelException as {@link OnnxReader#read} has, and of kind UNSUPPORTED, which names the
   *     node, or SHAPE
   */
  static LayerStack read(Path file) {
    OnnxGraph graph = OnnxReader.read(file);
    if (graph.inputs().size() != 1 || graph.outputs().size() != 1) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "the graph has inputs "
              + graph.inputs()
              + " and outputs "
              + graph.outputs()
              + ": a network of numbers has one of each");
    }
    ImageShape input = input(graph.inputs().get(0).sizes());
    return new OnnxLayers(graph, input).stack(input);
  }

  private static ImageShape input(List<Long> sizes) {
    List<Long> own = sizes.isEmpty() ? sizes : sizes.subList(1, sizes.size());
    if ((own.size() != 1 && own.size() != 3)
        || own.stream().anyMatch(size -> size < 1 || size > LayerShape.WIDTH_MAX)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "the input has sizes "
              + sizes
              + ": expected a batch, then channels, height and width, or one length");
    }
    int[] each = own.stream().mapToInt(Long::intValue).toArray();
    return each.length == 1
        ? new ImageShape(each[0], 1, 1)
        : new ImageShape(each[0], each[1], each[2]);
  }

  private LayerStack stack(ImageShape input) {
    String value = graph.inputs().get(0).name();
    for (OnnxGraph.Node node : graph.nodes()) {
      if (node.operator().equals("Constant") && node.domain().isEmpty()) {
        OnnxConstant held = node.attributes().tensors().get("value");
        if (held != null) {
          constants.put(node.outputs().get(0), held);
        }
        continue;
      }
      int place = node.inputs().indexOf(value);
      if (place < 0) {
        throw refused(node, "is not in one line with the layers before it");
      }
      layer(node, place);
      value = node.outputs().get(0);
    }
    if (!value.equals(graph.outputs().get(0))) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED, "the output is not that of the last layer");
    }
    maps.add(open);
    return new LayerStack(input, maps, activations);
  }

  private void layer(OnnxGraph.Node node, int place) {
    String operator = node.domain().isEmpty() ? node.operator() : node.label();
    switch (operator) {
      case "Identity", "Dropout" -> {}
      case "Flatten" -> {
        if (node.attributes().integer("axis", 1) != 1) {
          throw refused(node, "flattens from another axis than 1");
        }
        shape = new ImageShape(shape.count(), 1, 1);
      }
      case "Reshape" -> reshape(node);
      case "Conv" -> convolution(node);
      case "AveragePool" -> pool(node);
      case "GlobalAveragePool" ->
          averaged(new int[] {shape.height(), shape.width()}, new int[] {1, 1});
      case "BatchNormalization" -> batchNorm(node);
      case "Gemm" -> gemm(node);
      case "MatMul" -> dense(node, constant(node, 1), false, null, 1);
      case "Add", "Sub", "Mul", "Div" -> withConstant(node, place);
      default -> activation(node);
    }
  }

  private void activation(OnnxGraph.Node node) {
    Optional<ActivationModule> module = ActivationModule.named(node.operator());
    if (module.isEmpty() || !node.domain().isEmpty() || node.attributes().number("alpha", 1) != 1) {
      throw refused(
          node,
          "is not computed on ciphertexts; there are Conv, AveragePool, BatchNormalization, Gemm"
              + " and the activations "
              + ActivationModule.names());
    }
    maps.add(open);
    activations.add(module.get());
    open = AffineMap.identity(shape.count());
  }

  private static ModelException refused(OnnxGraph.Node node, String why) {
    return new ModelException(ModelException.Kind.UNSUPPORTED, node.label() + " " + why);
  }

  private OnnxConstant constant(OnnxGraph.Node node, int input) {
    OnnxConstant found = constants.get(node.input(input));
    if (found == null) {
      throw refused(node, "has no constant as input " + input);
    }
    return found;
  }

  private void append(AffineMap map, ImageShape result) {
    open = open.then(map);
    shape = result;
  }

  private void reshape(OnnxGraph.Node node) {
    double[] sizes = constant(node, 1).data().doubles();
    boolean vector = sizes.length == 2 && (sizes[1] == -1 || sizes[1] == shape.count());
    if (!vector) {
      throw refused(node, "reshapes to " + Arrays.toString(sizes) + ": only to a vector");
    }
    shape = new ImageShape(shape.count(), 1, 1);
  }

  /** A window's height and width, steps, and padding above and to the left, below and right. */
  private record Window(int[] size, int[] steps, int[] pads) {}

  private static Window window(OnnxGraph.Node node, int[] size) {
    int[] steps = node.attributes().integers("strides");
    int[] pads = node.attributes().integers("pads");
    int[] dilations = node.attributes().integers("dilations");
    if (!node.attributes().text("auto_pad", "NOTSET").equals("NOTSET")) {
      throw refused(node, "has auto_pad: give pads as numbers");
    }
    if (dilations != null && Arrays.stream(dilations).anyMatch(d -> d != 1)) {
      throw refused(node, "is dilated");
    }
    Window window =
        new Window(
            size, steps == null ? new int[] {1, 1} : steps, pads == null ? new int[4] : pads);
    if (size.length != 2
        || window.steps().length != 2
        || window.pads().length != 4
        || Arrays.stream(size).anyMatch(n -> n < 1)
        || Arrays.stream(window.steps()).anyMatch(n -> n < 1)
        || Arrays.stream(window.pads()).anyMatch(n -> n < 0)) {
      throw refused(node, "has a window of other than two dimensions, or none");
    }
    return window;
  }

  private ImageShape under(OnnxGraph.Node node, Window window, int channels) {
    int[] pads = window.pads();
    int height =
        Math.floorDiv(shape.height() + pads[0] + pads[2] - window.size()[0], window.steps()[0]) + 1;
    int width =
        Math.floorDiv(shape.width() + pads[1] + pads[3] - window.size()[1], window.steps()[1]) + 1;
    try {
      return new ImageShape(channels, height, width);
    } catch (ModelException e) {
      throw refused(node, "makes " + e.getMessage());
    }
  }

  private void convolution(OnnxGraph.Node node) {
    OnnxConstant kernel = constant(node, 1);
    int[] sizes = kernel.data().expectDimensions(4).shape();
    int groups = node.attributes().integer("group", 1);
    if (groups < 1 || sizes[1] * groups != shape.channels() || sizes[0] % groups != 0) {
      throw refused(
          node,
          "has a kernel of "
              + Arrays.toString(sizes)
              + " in "
              + groups
              + " groups for "
              + shape.channels()
              + " channels");
    }
    Window window = window(node, new int[] {sizes[2], sizes[3]});
    ImageShape result = under(node, window, sizes[0]);
    double[] factors = kernel.data().doubles();
    double[] biases = node.input(2).isEmpty() ? new double[sizes[0]] : vector(node, 2, sizes[0]);
    double[][] matrix = new double[result.count()][shape.count()];
    double[] bias = new double[result.count()];
    for (int o = 0; o < sizes[0]; o++) {
      int firstChannel = o / (sizes[0] / groups) * sizes[1];
      for (int y = 0; y < result.height(); y++) {
        for (int x = 0; x < result.width(); x++) {
          int to = result.at(o, y, x);
          bias[to] = biases[o];
          for (int k = 0; k < sizes[1] * sizes[2] * sizes[3]; k++) {
            int channel = firstChannel + k / (sizes[2] * sizes[3]);
            int row = y * window.steps()[0] - window.pads()[0] + k / sizes[3] % sizes[2];
            int column = x * window.steps()[1] - window.pads()[1] + k % sizes[3];
            if (row >= 0 && row < shape.height() && column >= 0 && column < shape.width()) {
              matrix[to][shape.at(channel, row, column)] =
                  factors[o * sizes[1] * sizes[2] * sizes[3] + k];
            }
          }
        }
      }
    }
    append(new AffineMap(matrix, bias), result);
  }

  private void pool(OnnxGraph.Node node) {
    int[] size = node.attributes().integers("kernel_shape");
    Window window = window(node, size == null ? new int[0] : size);
    if (Arrays.stream(window.pads()).anyMatch(pad -> pad != 0)
        || node.attributes().integer("ceil_mode", 0) != 0) {
      throw refused(node, "pads what it averages");
    }
    under(node, window, shape.channels());
    averaged(window.size(), window.steps());
  }

  private void averaged(int[] size, int[] steps) {
    ImageShape result =
        new ImageShape(
            shape.channels(),
            (shape.height() - size[0]) / steps[0] + 1,
            (shape.width() - size[1]) / steps[1] + 1);
    double[][] matrix = new double[result.count()][shape.count()];
    for (int c = 0; c < result.channels(); c++) {
      for (int y = 0; y < result.height(); y++) {
        for (int x = 0; x < result.width(); x++) {
          for (int k = 0; k < size[0] * size[1]; k++) {
            int row = y * steps[0] + k / size[1];
            int column = x * steps[1] + k % size[1];
            matrix[result.at(c, y, x)][shape.at(c, row, column)] = 1.0 / (size[0] * size[1]);
          }
        }
      }
    }
    append(new AffineMap(matrix, new double[result.count()]), result);
  }

  private double[] vector(OnnxGraph.Node node, int input, int length) {
    return constant(node, input).data().expect(length).doubles();
  }

  private void batchNorm(OnnxGraph.Node node) {
    int channels = shape.channels();
    double[] gamma = vector(node, 1, channels);
    double[] beta = vector(node, 2, channels);
    double[] mean = vector(node, 3, channels);
    double[] variance = vector(node, 4, channels);
    double epsilon = node.attributes().number("epsilon", 1e-5);
    double[] factors = new double[channels];
    double[] added = new double[channels];
    for (int c = 0; c < channels; c++) {
      factors[c] = gamma[c] / Math.sqrt(variance[c] + epsilon);
      added[c] = beta[c] - mean[c] * factors[c];
    }
    diagonal(perChannel(factors), perChannel(added));
  }

  private double[] perChannel(double[] values) {
    double[] all = new double[shape.count()];
    int each = shape.height() * shape.width();
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i / each];
    }
    return all;
  }

  private void diagonal(double[] factors, double[] added) {
    double[][] matrix = new double[factors.length][factors.length];
    for (int i = 0; i < factors.length; i++) {
      matrix[i][i] = factors[i];
    }
    append(new AffineMap(matrix, added), shape);
  }

  private void gemm(OnnxGraph.Node node) {
    if (node.attributes().integer("transA", 0) != 0) {
      throw refused(node, "transposes its input");
    }
    double[] bias = null;
    if (!node.input(2).isEmpty()) {
      double beta = node.attributes().number("beta", 1);
      bias = Arrays.stream(constant(node, 2).data().doubles()).map(b -> beta * b).toArray();
    }
    boolean transposed = node.attributes().integer("transB", 0) != 0;
    dense(node, constant(node, 1), transposed, bias, node.attributes().number("alpha", 1));
  }

  private void dense(
      OnnxGraph.Node node,
      OnnxConstant weight,
      boolean transposed,
      double @Nullable [] bias,
      double factor) {
    int[] sizes = weight.data().expectDimensions(2).shape();
    int inputs = transposed ? sizes[1] : sizes[0];
    int outputs = transposed ? sizes[0] : sizes[1];
    if (shape.height() != 1 || shape.width() != 1 || inputs != shape.count()) {
      throw refused(node, "takes " + inputs + " numbers, what comes in is " + shape);
    }
    if (bias != null && bias.length != outputs && bias.length != 1) {
      throw refused(node, "adds " + bias.length + " numbers to " + outputs);
    }
    double[] all = weight.data().doubles();
    double[][] matrix = new double[outputs][inputs];
    double[] added = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      added[j] = bias == null ? 0 : bias[bias.length == 1 ? 0 : j];
      for (int i = 0; i < inputs; i++) {
        matrix[j][i] = factor * all[transposed ? j * inputs + i : i * outputs + j];
      }
    }
    append(new AffineMap(matrix, added), new ImageShape(outputs, 1, 1));
  }

  private void withConstant(OnnxGraph.Node node, int place) {
    double[] values = constant(node, 1 - place).data().doubles();
    int count = shape.count();
    boolean channels = values.length == shape.channels() && values.length != count;
    int[] sizes = constant(node, 1 - place).data().shape();
    if (channels && (sizes.length < 3 || sizes[sizes.length - 3] != values.length)) {
      throw refused(node, "has a constant of " + Arrays.toString(sizes) + " for " + shape);
    }
    double[] all = new double[count];
    if (values.length == 1) {
      Arrays.fill(all, values[0]);
    } else if (values.length == count) {
      all = values;
    } else if (channels) {
      all = perChannel(values);
    } else {
      throw refused(node, "has a constant of " + Arrays.toString(sizes) + " for " + shape);
    }
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    switch (node.operator()) {
      case "Add" -> diagonal(ones, all);
      case "Sub" -> diagonal(place == 0 ? ones : negated(ones), place == 0 ? negated(all) : all);
      case "Mul" -> diagonal(all, new double[count]);
      default -> {
        if (place != 0) {
          throw refused(node, "divides by what comes in");
        }
        diagonal(Arrays.stream(all).map(v -> 1 / v).toArray(), new double[count]);
      }
    }
  }

  private static double[] negated(double[] values) {
    return Arrays.stream(values).map(v -> -v).toArray();
  }
}
