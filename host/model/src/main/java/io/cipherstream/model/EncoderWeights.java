package io.cipherstream.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The appliance's half of a model: encoder layers and the classifier. Immutable. */
public final class EncoderWeights {

  private final ModelShape shape;
  private final List<LayerWeights> layers;
  private final @Nullable DenseLayer pooler;
  private final @Nullable DenseLayer classifier;

  /** An encoder whose pooled row goes straight to the classifier (or is the embedding). */
  public EncoderWeights(
      ModelShape shape, List<LayerWeights> layers, @Nullable DenseLayer classifier) {
    this(shape, layers, null, classifier);
  }

  /**
   * @param pooler P of f(P·row + p) between pooling and classifier, with the shape's f, or null
   * @param classifier C of logits = C·row + c, null exactly with a head that embeds
   * @throws ModelException of kind SHAPE or TENSOR_MISSING if a part does not fit the shape
   */
  public EncoderWeights(
      ModelShape shape,
      List<LayerWeights> layers,
      @Nullable DenseLayer pooler,
      @Nullable DenseLayer classifier) {
    this.shape = shape;
    this.layers = List.copyOf(layers);
    this.pooler = pooler;
    this.classifier = classifier;
    if (layers.size() != shape.layers()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "weights for " + layers.size() + " layers: expected " + shape.layers());
    }
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).check(i, shape);
    }
    if (shape.hasClassifier() != (classifier != null)) {
      throw new ModelException(
          ModelException.Kind.TENSOR_MISSING,
          classifier == null
              ? "head "
                  + shape.head().text()
                  + " of "
                  + shape.outputs()
                  + " outputs, but no classifier weights"
              : "classifier weights, but no labels: name them");
    }
    if (shape.pooler().exists() != (pooler != null)) {
      throw new ModelException(
          ModelException.Kind.TENSOR_MISSING,
          pooler == null
              ? "the shape has a pooler, but no weights"
              : "pooler weights, but no pooler");
    }
    checkHead("classifier", classifier, shape.outputs(), shape.width());
    checkHead("pooler", pooler, shape.width(), shape.width());
  }

  /** Sizes and kinds. */
  public ModelShape shape() {
    return shape;
  }

  /** The layers, first to last. */
  public List<LayerWeights> layers() {
    return layers;
  }

  /** P of f(P·row + p) before the classifier; null when the model has none. */
  public @Nullable DenseLayer pooler() {
    return pooler;
  }

  /** The classifier; null for an embedding model. */
  public @Nullable DenseLayer classifier() {
    return classifier;
  }

  private static void checkHead(String what, @Nullable DenseLayer head, int outputs, int inputs) {
    if (head != null && (head.outputs() != outputs || head.inputs() != inputs)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          what
              + " is "
              + head.outputs()
              + " × "
              + head.inputs()
              + ": expected "
              + outputs
              + " × "
              + inputs);
    }
  }
}
