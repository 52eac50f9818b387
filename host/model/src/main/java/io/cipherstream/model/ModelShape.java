package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sizes and kinds that fix an encoder's computation.
 *
 * @param layers encoder layers
 * @param width features of a token (hidden size)
 * @param heads attention heads; divides width
 * @param ffnWidth features between the two feed-forward matrices
 * @param positions largest number of tokens, [CLS] and [SEP] included
 * @param vocabulary number of word pieces
 * @param pooling how token rows become the rows that the head sees; NONE gives one output row a
 *     token and needs head CLASSES
 * @param head what the model gives for such a row; null is taken as CLASSES with labels and as
 *     EMBEDDING without, which is what manifests without the field mean
 * @param labels class names in the order of the logits; empty unless the head is CLASSES or LABELS
 * @param hinges largest number of hinges of a layer's T, 0 when the attention has none
 * @param pooler f(P·row + p) between pooling and classifier, or none
 * @param layerNormEpsilon ε of every full LayerNorm, the embedding's too
 * @param dense what follows the pooled row of an embedding; null where nothing does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
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
    Head head,
    List<String> labels,
    int hinges,
    Pooler pooler,
    double layerNormEpsilon,
    @Nullable DenseOutput dense) {

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

  /** A shape whose head follows from the labels: CLASSES with, EMBEDDING without. */
  public ModelShape(
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
      Pooler pooler,
      double layerNormEpsilon) {
    this(
        layers,
        width,
        heads,
        ffnWidth,
        positions,
        vocabulary,
        activation,
        attention,
        norm,
        pooling,
        headOf(labels),
        labels,
        hinges,
        pooler,
        layerNormEpsilon);
  }

  /** A shape without a dense output. */
  public ModelShape(
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
      Head head,
      List<String> labels,
      int hinges,
      Pooler pooler,
      double layerNormEpsilon) {
    this(
        layers,
        width,
        heads,
        ffnWidth,
        positions,
        vocabulary,
        activation,
        attention,
        norm,
        pooling,
        head,
        labels,
        hinges,
        pooler,
        layerNormEpsilon,
        null);
  }

  /**
   * @throws ModelException of kind SHAPE if a size is outside its limits, if heads does not divide
   *     width, if a label is empty or stands twice, if labels, pooling or pooler do not fit the
   *     head, or if hinges does not fit the attention
   */
  public ModelShape {
    range("layers", layers, 1, LAYERS_MAX);
    range("width", width, 1, WIDTH_MAX);
    range("heads", heads, 1, HEADS_MAX);
    range("ffnWidth", ffnWidth, 1, FFN_WIDTH_MAX);
    range("positions", positions, POSITIONS_MIN, POSITIONS_MAX);
    range("vocabulary", vocabulary, 1, VOCABULARY_MAX);
    labels = List.copyOf(labels);
    head = head == null ? headOf(labels) : head;
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
    checkHead(pooling, head, labels, pooler);
    if (dense != null && !head.embeds()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a dense output with head " + head.text() + ": expected an embedding");
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

  /** Whether the output is one logit a class. */
  public boolean classifies() {
    return head == Head.CLASSES;
  }

  /**
   * Whether a matrix stands at the end: for every head that is no embedding, and for a dense
   * output.
   */
  public boolean hasClassifier() {
    return !head.embeds() || dense != null;
  }

  /** Values in an output row: the number of classes, 1, or those of an embedding. */
  public int outputs() {
    return switch (head) {
      case EMBEDDING, VECTOR -> dense == null ? width : dense.outputs();
      case CLASSES, LABELS -> labels.size();
      case VALUE -> 1;
    };
  }

  /** Output rows of a text: one, or without pooling one a token. */
  public int outputRows(int tokens) {
    return pooling == Pooling.NONE ? tokens : 1;
  }

  /** As plans write it: a dense output only where there is one. */
  @Override
  public String toString() {
    return "ModelShape[layers="
        + layers
        + ", width="
        + width
        + ", heads="
        + heads
        + ", ffnWidth="
        + ffnWidth
        + ", positions="
        + positions
        + ", vocabulary="
        + vocabulary
        + ", activation="
        + activation
        + ", attention="
        + attention
        + ", norm="
        + norm
        + ", pooling="
        + pooling
        + ", head="
        + head
        + ", labels="
        + labels
        + ", hinges="
        + hinges
        + ", pooler="
        + pooler
        + ", layerNormEpsilon="
        + layerNormEpsilon
        + (dense == null ? "" : ", dense=" + dense)
        + "]";
  }

  /** The head that a model without a stated one has. */
  static Head headOf(List<String> labels) {
    return labels.isEmpty() ? Head.EMBEDDING : Head.CLASSES;
  }

  private static void checkHead(Pooling pooling, Head head, List<String> labels, Pooler pooler) {
    if (head.named() == labels.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "head "
              + head.text()
              + " with labels "
              + labels
              + ": expected names for classes or labels and for nothing else");
    }
    if (pooling == Pooling.NONE && head != Head.CLASSES) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "no pooling with head " + head.text() + ": expected labels for the tokens");
    }
    if (pooler.exists() && (head.embeds() || pooling == Pooling.NONE)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          pooling == Pooling.NONE
              ? "a pooler matrix without pooling: expected one or the other"
              : "a pooler matrix without labels: expected a classifier behind it");
    }
  }

  private static void range(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ModelException(
          ModelException.Kind.SHAPE, what + " " + value + ": expected " + min + " to " + max);
    }
  }
}
