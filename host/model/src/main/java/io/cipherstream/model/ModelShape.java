package io.cipherstream.model;

import java.util.List;

/**
 * The sizes and kinds that fix an encoder's computation.
 *
 * @param layers encoder layers
 * @param width features of a token (hidden size)
 * @param heads attention heads; divides width
 * @param ffnWidth features between the two feed-forward matrices
 * @param positions largest number of tokens, [CLS] and [SEP] included
 * @param vocabulary number of word pieces
 * @param labels class names in the order of the logits; empty for an embedding model
 * @param hinges largest number of hinges of a layer's T, 0 when the attention has none
 * @param pooler whether tanh(P·row + p) stands between pooling and classifier
 * @param layerNormEpsilon ε of every full LayerNorm, the embedding's too
 */
public record ModelShape(
    int layers,
    int width,
    int heads,
    int ffnWidth,
    int positions,
    int vocabulary,
    Activation activation,
    AttentionKind attention,
    NormKind norm,
    Pooling pooling,
    List<String> labels,
    int hinges,
    boolean pooler,
    double layerNormEpsilon) {

  /** Most encoder layers. */
  public static final int LAYERS_MAX = 48;

  /** Most features of a token. */
  public static final int WIDTH_MAX = 4096;

  /** Most attention heads. */
  public static final int HEADS_MAX = 64;

  /** Most features between the feed-forward matrices. */
  public static final int FFN_WIDTH_MAX = 16_384;

  /** Most positions (tokens). */
  public static final int POSITIONS_MAX = 8192;

  /** Fewest positions: [CLS], one word piece, [SEP]. */
  public static final int POSITIONS_MIN = 3;

  /** Most word pieces in a vocabulary. */
  public static final int VOCABULARY_MAX = 1 << 18;

  /** Most classes. */
  public static final int LABELS_MAX = 1024;

  /** Most hinges in T. */
  public static final int HINGES_MAX = 1024;

  /** Largest ε of a LayerNorm. */
  public static final double EPSILON_MAX = 1e-2;

  /**
   * @throws ModelException of kind SHAPE if a size is outside its limits, if heads does not divide
   *     width, if a label is empty or stands twice, or if hinges does not fit the attention
   */
  public ModelShape {
    range("layers", layers, 1, LAYERS_MAX);
    range("width", width, 1, WIDTH_MAX);
    range("heads", heads, 1, HEADS_MAX);
    range("ffnWidth", ffnWidth, 1, FFN_WIDTH_MAX);
    range("positions", positions, POSITIONS_MIN, POSITIONS_MAX);
    range("vocabulary", vocabulary, 1, VOCABULARY_MAX);
    labels = List.copyOf(labels);
    range("number of labels", labels.size(), 0, LABELS_MAX);
    if (width % heads != 0) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "width " + width + " is not divisible by " + heads + " heads: expected heads | width");
    }
    if (labels.stream().anyMatch(String::isBlank)
        || labels.stream().distinct().count() != labels.size()) {
      throw new ModelException(
          ModelException.Kind.SHAPE, "labels " + labels + ": expected distinct, non-empty names");
    }
    range(
        "hinges of T with attention " + attention.text(),
        hinges,
        attention == AttentionKind.THEX ? 1 : 0,
        attention == AttentionKind.THEX ? HINGES_MAX : 0);
    if (pooler && labels.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a tanh pooler without labels: expected a classifier behind it");
    }
    if (!(layerNormEpsilon >= 0 && layerNormEpsilon <= EPSILON_MAX)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "layerNormEpsilon " + layerNormEpsilon + ": expected 0 to " + EPSILON_MAX);
    }
  }

  /** Features of one head, width / heads. */
  public int headWidth() {
    return width / heads;
  }

  /** Whether the model classifies; otherwise its output is the embedding. */
  public boolean classifies() {
    return !labels.isEmpty();
  }

  /** Values in the output: the number of classes, or the width of an embedding. */
  public int outputs() {
    return classifies() ? labels.size() : width;
  }

  private static void range(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ModelException(
          ModelException.Kind.SHAPE, what + " " + value + ": expected " + min + " to " + max);
    }
  }
}
