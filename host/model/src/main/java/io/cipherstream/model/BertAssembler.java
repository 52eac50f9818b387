package io.cipherstream.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds a model's two halves from tensors with Hugging Face BERT names, with or without the {@code
 * bert.} prefix.
 */
final class BertAssembler {

  private static final String EMBEDDINGS = "embeddings.";

  /** The name of a matrix behind the embeddings' norm, which BERT itself has not. */
  static final String PROJECTION = "projection";

  /** The table of a bias by relative position, which BERT itself has not. */
  static final String POSITION_BIAS = "encoder.relative_attention_bias.weight";

  private final TensorSource source;
  private final BertConfiguration configuration;
  private final String prefix;

  BertAssembler(TensorSource source, BertConfiguration configuration) {
    this.source = source;
    this.configuration = configuration;
    boolean bare = source.names().stream().anyMatch(n -> n.startsWith(EMBEDDINGS));
    boolean bareLayers = source.names().stream().anyMatch(n -> n.startsWith("encoder.layer."));
    this.prefix = bare || bareLayers ? "" : "bert.";
  }

  /**
   * @throws ModelException of kind TENSOR_MISSING, SHAPE or VALUE
   */
  EmbeddingTable embeddings() {
    String at = prefix + EMBEDDINGS;
    FloatTable words = source.read(at + "word_embeddings.weight").table();
    int width = words.columns();
    TensorData positions = source.read(at + "position_embeddings.weight").expectDimensions(2);
    TensorData types = source.read(at + "token_type_embeddings.weight").expectDimensions(2);
    return new EmbeddingTable(
        words,
        positions.expect(positions.shape()[0], width).table(),
        types.expect(types.shape()[0], width).table(),
        norm(at + "LayerNorm", width),
        configuration.layerNormEpsilon(),
        projection(width),
        positionBias());
  }

  private @Nullable PositionBias positionBias() {
    return configuration.attention() == AttentionKind.RELATIVE
        ? new PositionBias(source.read(prefix + POSITION_BIAS).table())
        : null;
  }

  private @Nullable DenseLayer projection(int width) {
    String at = prefix + EMBEDDINGS + PROJECTION;
    if (!source.has(at + ".weight")) {
      return null;
    }
    int outputs = source.read(at + ".weight").expectDimensions(2).shape()[0];
    return dense(at, outputs, width);
  }

  /**
   * @param positions rows of the position embeddings
   * @param vocabulary rows of the word embeddings
   * @throws ModelException of kind TENSOR_MISSING, SHAPE or VALUE
   */
  EncoderWeights encoder(int positions, int vocabulary) {
    return encoder(positions, vocabulary, null);
  }

  /**
   * As {@link #encoder(int, int)}.
   *
   * @param last the matrix at the end, where it lies in a file of its own; null to read it
   */
  EncoderWeights encoder(int positions, int vocabulary, @Nullable DenseLayer last) {
    TensorData first =
        source.read(prefix + "encoder.layer.0.intermediate.dense.weight").expectDimensions(2);
    return encoder(positions, vocabulary, first.shape()[1], first.shape()[0], last);
  }

  private EncoderWeights encoder(
      int positions, int vocabulary, int width, int ffnWidth, @Nullable DenseLayer last) {
    int hinges = 0;
    if (configuration.attention() == AttentionKind.THEX) {
      for (int i = 0; i < Math.min(configuration.layers(), ModelShape.LAYERS_MAX); i++) {
        hinges = Math.max(hinges, source.read(hingeName(i) + "knots").length());
      }
    }
    boolean pooled =
        !configuration.head().embeds()
            && configuration.pooling() != Pooling.NONE
            && source.has(prefix + "pooler.dense.weight");
    ModelShape shape =
        new ModelShape(
            configuration.layers(),
            width,
            configuration.heads(),
            ffnWidth,
            positions,
            vocabulary,
            configuration.activation(),
            configuration.attention(),
            configuration.norm(),
            configuration.pooling(),
            configuration.head(),
            configuration.labels(),
            hinges,
            pooled ? configuration.pooler() : Pooler.NONE,
            configuration.layerNormEpsilon(),
            configuration.dense());
    List<LayerWeights> layers = new ArrayList<>();
    for (int i = 0; i < shape.layers(); i++) {
      layers.add(layer(i, shape));
    }
    if (source.has(prefix + "encoder.layer." + shape.layers() + ".output.dense.weight")) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "the configuration says "
              + shape.layers()
              + " layers, but there are weights of layer "
              + shape.layers());
    }
    if (!shape.hasClassifier()) {
      return new EncoderWeights(shape, layers, null);
    }
    DenseLayer pooler = pooled ? dense(prefix + "pooler.dense", width, width) : null;
    return new EncoderWeights(
        shape, layers, pooler, last == null ? dense("classifier", shape.outputs(), width) : last);
  }

  private LayerWeights layer(int i, ModelShape shape) {
    String at = prefix + "encoder.layer." + i + ".";
    int width = shape.width();
    return new LayerWeights(
        dense(at + "attention.self.query", width, width),
        dense(at + "attention.self.key", width, width),
        dense(at + "attention.self.value", width, width),
        dense(at + "attention.output.dense", width, width),
        norm(at + "attention.output.LayerNorm", width),
        dense(at + "intermediate.dense", shape.ffnWidth(), width),
        dense(at + "output.dense", width, shape.ffnWidth()),
        norm(at + "output.LayerNorm", width),
        when(shape.attention() == AttentionKind.THEX, i, this::hinges),
        when(shape.attention() == AttentionKind.POWER, i, this::power));
  }

  private static <T> @Nullable T when(boolean condition, int layer, Function<Integer, T> make) {
    return condition ? make.apply(layer) : null;
  }

  private String hingeName(int layer) {
    String own = "thex.layer." + layer + ".T.";
    return source.has(own + "knots") || !source.has("thex.T.knots") ? own : "thex.T.";
  }

  private HingeNetwork hinges(int layer) {
    String at = hingeName(layer);
    double[] knots = source.read(at + "knots").expectDimensions(1).doubles();
    double[] coefficients = source.read(at + "coefficients").expect(knots.length).doubles();
    return new HingeNetwork(knots, coefficients, source.read(at + "bias").expect(1).doubles()[0]);
  }

  private PowerAttention power(int layer) {
    String at = "thex.layer." + layer + ".power.";
    return new PowerAttention(
        source.read(at + "scale").expect(1).doubles()[0],
        source.read(at + "offset").expect(1).doubles()[0]);
  }

  private DenseLayer dense(String at, int outputs, int inputs) {
    return new DenseLayer(
        outputs,
        inputs,
        source.read(at + ".weight").expect(outputs, inputs).floats(),
        source.read(at + ".bias").expect(outputs).floats());
  }

  /** Checkpoints converted from TensorFlow, bert-base-uncased among them, say gamma and beta. */
  private NormLayer norm(String at, int width) {
    boolean old = !source.has(at + ".weight") && source.has(at + ".gamma");
    return new NormLayer(
        source.read(at + (old ? ".gamma" : ".weight")).expect(width).floats(),
        source.read(at + (old ? ".beta" : ".bias")).expect(width).floats());
  }
}
