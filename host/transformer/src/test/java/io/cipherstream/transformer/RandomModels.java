package io.cipherstream.transformer;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.DenseFunction;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.DenseOutput;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.HingeNetwork;
import io.cipherstream.model.LayerRanges;
import io.cipherstream.model.LayerWeights;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.PositionBias;
import io.cipherstream.model.Ranges;
import io.cipherstream.model.TokenSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Small models with random weights of plausible size, of any shape. */
final class RandomModels {

  private static final int VOCABULARY = 50;

  private RandomModels() {}

  record Sample(
      ModelShape shape, Ranges ranges, EncoderWeights weights, EmbeddingTable embeddings) {}

  /** A shape; {@code labels} 0 gives an embedding model. */
  static ModelShape shape(
      int layers, int width, int heads, int ffn, boolean thex, Pooling pooling, int labels) {
    return new ModelShape(
        layers,
        width,
        heads,
        ffn,
        64,
        VOCABULARY,
        thex ? Activation.RELU : Activation.GELU,
        thex ? AttentionKind.THEX : AttentionKind.SOFTMAX,
        thex ? NormKind.AFFINE : NormKind.FULL,
        pooling,
        IntStream.range(0, labels).mapToObj(i -> "label" + i).toList(),
        thex ? 5 : 0,
        Pooler.NONE,
        1e-12);
  }

  /** The same with one value in place of labels. */
  static ModelShape withValue(ModelShape s) {
    return copy(s, s.positions(), s.attention(), Head.VALUE, List.of(), s.pooler(), s.dense());
  }

  /** The same for longer texts. */
  static ModelShape withPositions(ModelShape s, int positions) {
    return copy(s, positions, s.attention(), s.head(), s.labels(), s.pooler(), s.dense());
  }

  /** The same with a pooler before the classifier. */
  static ModelShape withPooler(ModelShape s, Pooler pooler) {
    return copy(s, s.positions(), s.attention(), s.head(), s.labels(), pooler, s.dense());
  }

  /** The same with attention by relative position. */
  static ModelShape relative(ModelShape s) {
    return copy(
        s, s.positions(), AttentionKind.RELATIVE, s.head(), s.labels(), s.pooler(), s.dense());
  }

  /** The same embedding with a matrix and tanh behind the pooled row. */
  static ModelShape withDense(ModelShape s, int outputs) {
    DenseOutput dense = new DenseOutput(outputs, DenseFunction.TANH);
    return copy(s, s.positions(), s.attention(), s.head(), s.labels(), s.pooler(), dense);
  }

  private static ModelShape copy(
      ModelShape s,
      int positions,
      AttentionKind attention,
      Head head,
      List<String> labels,
      Pooler pooler,
      @Nullable DenseOutput dense) {
    return new ModelShape(
        s.layers(),
        s.width(),
        s.heads(),
        s.ffnWidth(),
        positions,
        s.vocabulary(),
        s.activation(),
        attention,
        s.norm(),
        s.pooling(),
        head,
        labels,
        s.hinges(),
        pooler,
        s.layerNormEpsilon(),
        dense);
  }

  static Sample sample(ModelShape shape, SplittableRandom random) {
    List<LayerWeights> layers = new ArrayList<>();
    int width = shape.width();
    for (int i = 0; i < shape.layers(); i++) {
      layers.add(
          new LayerWeights(
              dense(random, width, width),
              dense(random, width, width),
              dense(random, width, width),
              dense(random, width, width),
              norm(random, width),
              dense(random, shape.ffnWidth(), width),
              dense(random, width, shape.ffnWidth()),
              norm(random, width),
              shape.attention() == AttentionKind.THEX ? hinges(random) : null,
              null));
    }
    DenseLayer classifier = shape.hasClassifier() ? dense(random, shape.outputs(), width) : null;
    EmbeddingTable embeddings =
        new EmbeddingTable(
            table(random, VOCABULARY, width),
            table(random, shape.positions(), width),
            table(random, 2, width),
            norm(random, width),
            shape.layerNormEpsilon(),
            null,
            shape.attention() == AttentionKind.RELATIVE
                ? new PositionBias(table(random, 32, shape.heads()))
                : null);
    LayerRanges range = new LayerRanges(8, 8, 8, 8, 30, 8, 12, 12, 12, 12);
    return new Sample(
        shape,
        new Ranges(Collections.nCopies(shape.layers(), range), 12, 1),
        new EncoderWeights(
            shape,
            layers,
            shape.pooler().exists() ? dense(random, width, width) : null,
            classifier),
        embeddings);
  }

  /** The same model with q·k/√d equal to {@code score} for every pair of tokens and every head. */
  static Sample withConstantScores(Sample sample, double score) {
    ModelShape shape = sample.shape();
    int width = shape.width();
    float[] ones = new float[width];
    float[] shares = new float[width];
    java.util.Arrays.fill(ones, 1);
    java.util.Arrays.fill(shares, (float) (score / Math.sqrt(shape.headWidth())));
    List<LayerWeights> layers = new ArrayList<>();
    for (LayerWeights l : sample.weights().layers()) {
      layers.add(
          new LayerWeights(
              new DenseLayer(width, width, new float[width * width], ones),
              new DenseLayer(width, width, new float[width * width], shares),
              l.value(),
              l.attentionOutput(),
              l.attentionNorm(),
              l.intermediate(),
              l.output(),
              l.outputNorm(),
              l.normalizer(),
              l.power()));
    }
    EncoderWeights w = sample.weights();
    return new Sample(
        shape,
        sample.ranges(),
        new EncoderWeights(shape, layers, w.pooler(), w.classifier()),
        sample.embeddings());
  }

  /** T near the reciprocal: hinges on knots from 1 to 256. */
  private static HingeNetwork hinges(SplittableRandom random) {
    double[] knots = {1, 4, 16, 64, 256};
    double[] coefficients = {0.5, 0.2, 0.05, 0.012, 0.005};
    for (int j = 0; j < knots.length; j++) {
      coefficients[j] *= random.nextDouble(0.8, 1.2) * (j == 2 ? -1 : 1);
    }
    return new HingeNetwork(knots, coefficients, 0.001);
  }

  private static DenseLayer dense(SplittableRandom random, int outputs, int inputs) {
    float[] weight = new float[outputs * inputs];
    double size = 1 / Math.sqrt(inputs);
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) random.nextDouble(-2 * size, 2 * size);
    }
    float[] bias = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      bias[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return new DenseLayer(outputs, inputs, weight, bias);
  }

  private static NormLayer norm(SplittableRandom random, int width) {
    float[] gamma = new float[width];
    float[] beta = new float[width];
    for (int i = 0; i < width; i++) {
      gamma[i] = (float) random.nextDouble(0.4, 0.8);
      beta[i] = (float) random.nextDouble(-0.2, 0.2);
    }
    return new NormLayer(gamma, beta);
  }

  private static FloatTable table(SplittableRandom random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return FloatTable.of(rows, columns, values);
  }

  /** Token ids of a sentence. */
  static int[] sentence(SplittableRandom random, int tokens) {
    return IntStream.range(0, tokens).map(i -> random.nextInt(VOCABULARY)).toArray();
  }

  /** Tokens of a pair, or of one text when the second happens to be empty. */
  static TokenSequence question(SplittableRandom random, int tokens) {
    int second = random.nextInt(tokens + 1);
    return new TokenSequence(
        sentence(random, tokens),
        IntStream.range(0, tokens).map(t -> t < second ? 0 : 1).toArray());
  }
}
