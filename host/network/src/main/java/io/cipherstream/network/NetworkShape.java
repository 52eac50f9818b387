package io.cipherstream.network;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelException;
import java.util.List;

/**
 * What both sides know of a network: what the client computes of its inputs, and the sizes of the
 * layers. The first layer is a matrix on the features; each other one applies polynomials to
 * numbers of [−1, 1], to which the layer before has scaled them.
 *
 * <p>With more than one layer the last output is no answer but the sentinel: Σᵢ T_a(uᵢ) over the
 * last layer's inputs, a the largest power of two up to its degree. It is at most their number if
 * all are in [−1, 1].
 */
record NetworkShape(List<InputFeatures> inputs, List<LayerShape> layers) {

  private static final int LAYERS_MAX = 16;
  private static final int INPUTS_MAX = 4096;

  /** Slots of a row that the features of a narrow network fill at least. */
  private static final int ROW_WORTHWHILE = 128;

  /** The least period of plaintexts that limb programs take. */
  private static final int ROW_MIN = 8;

  NetworkShape {
    inputs = List.copyOf(inputs);
    layers = List.copyOf(layers);
    if (inputs.isEmpty()
        || inputs.size() > INPUTS_MAX
        || layers.isEmpty()
        || layers.size() > LAYERS_MAX) {
      throw shape(
          inputs.size()
              + " inputs and "
              + layers.size()
              + " layers: expected 1 to "
              + INPUTS_MAX
              + " and 1 to "
              + LAYERS_MAX);
    }
    int features = inputs.stream().mapToInt(InputFeatures::count).sum();
    for (int i = 0; i < layers.size(); i++) {
      int before = i == 0 ? features : layers.get(i - 1).outputs();
      if (layers.get(i).inputs() != before || (i == 0) != (layers.get(i).degree() == 1)) {
        throw shape(
            "layer "
                + i
                + " is "
                + layers.get(i)
                + ": expected "
                + before
                + " inputs and "
                + (i == 0 ? "degree 1" : "a degree above 1"));
      }
    }
    if (levels(layers) > levelsMax()) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "layers of degrees "
              + layers.stream().map(LayerShape::degree).toList()
              + " take "
              + levels(layers)
              + " levels, the largest parameter set has "
              + levelsMax()
              + ": choose lower degrees or fewer layers");
    }
  }

  private static ModelException shape(String message) {
    return new ModelException(ModelException.Kind.SHAPE, message);
  }

  private static int levels(List<LayerShape> layers) {
    return layers.stream().mapToInt(LayerShape::levels).sum();
  }

  private static int levelsMax() {
    return CkksParameters.N16384_SEALED.dataLimbs() - 1;
  }

  /** Levels that all layers take together. */
  int levels() {
    return levels(layers);
  }

  /** Numbers that the client encrypts for each question. */
  int features() {
    return layers.get(0).inputs();
  }

  /** Whether the last output is the sentinel. */
  boolean watched() {
    return layers.size() > 1;
  }

  private LayerShape last() {
    return layers.get(layers.size() - 1);
  }

  /** Numbers of an answer. */
  int answers() {
    return last().outputs() - (watched() ? 1 : 0);
  }

  /** Largest magnitude of the sentinel for inputs within their ranges. */
  int sentinelMax() {
    return last().inputs();
  }

  /** F: slots of a row, a power of two that holds every layer's numbers. */
  int row() {
    int widest = Math.min(features(), ROW_WORTHWHILE);
    for (LayerShape layer : layers) {
      widest = Math.max(widest, layer.outputs());
    }
    return Math.max(ROW_MIN, Integer.highestOneBit(Math.max(1, widest - 1)) << 1);
  }
}
