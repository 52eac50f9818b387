package io.cipherstream.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A BERT encoder read from an ONNX graph by what the graph computes. The graph is computed on a
 * random text, with the meaning of each value noted; the weights are read from the meaning of its
 * outputs; and the model made of them is then run on that text and on a longer one with padding,
 * where it must give what the graph gives.
 */
final class OnnxModel {

  /** Tokens of the text that a graph of any length is read with; fewer are refused. */
  static final int TOKENS = 4;

  /** Most products of numbers for which the longer text has {@link TokenClasses}' most tokens. */
  private static final long LONG_CHECK_PRODUCTS_MAX = 6_000_000_000L;

  private static final int TOKENS_SHORT = 16;

  /** Largest difference between graph and model, relative to the output's largest number. */
  private static final double DIFFERENCE_MAX = 1e-4;

  /** The same for graphs whose constants are rounded to half precision. */
  private static final double HALF_DIFFERENCE_MAX = 5e-3;

  private static final long SEED = 20_240_229L;

  private final OnnxGraph graph;
  private final OnnxInputs inputs;
  private final OnnxInterpreter interpreter;
  private final Random random = new Random(SEED);
  private final int tokens;
  private final int[] ids;
  private final Map<String, OnnxValue> outputs;
  private final String output;
  private final OnnxHead head;
  private final OnnxEncoder encoder;

  /**
   * @throws ModelException of kind UNSUPPORTED if the graph is none that this program computes, and
   *     as {@link OnnxInterpreter#run}
   */
  OnnxModel(OnnxGraph graph) {
    OnnxRefusal.check(graph);
    this.graph = graph;
    inputs = new OnnxInputs(graph);
    interpreter = new OnnxInterpreter(graph);
    tokens = inputs.tokensFixed() < 0 ? TOKENS : inputs.tokensFixed();
    ids = inputs.words(tokens, random);
    outputs = interpreter.run(inputs.feed(ids, inputs.segments(tokens), tokens));
    output = chosen();
    head = head(output);
    encoder = new OnnxEncoder(head.hidden(), tokens);
  }

  private OnnxHead head(String name) {
    OnnxValue value = outputs.get(name);
    if (value == null) {
      throw new IllegalStateException("no output " + name);
    }
    return OnnxHead.of(name, value, tokens);
  }

  /**
   * The output that the model is for: a classifier's before a pooled row's before hidden states.
   */
  private String chosen() {
    List<String> classifiers = new ArrayList<>();
    List<String> pooled = new ArrayList<>();
    List<String> hidden = new ArrayList<>();
    for (String name : graph.outputs()) {
      OnnxValue value = outputs.get(name);
      if (value != null
          && value.base().meaning() instanceof OnnxMeaning.Softmax s
          && value.index() == null
          && isAttention(s)) {
        continue;
      }
      OnnxHead found = head(name);
      if (found.classifier() != null) {
        classifiers.add(name);
      } else if (found.isHidden()) {
        hidden.add(name);
      } else if (found.pooler() == null) {
        pooled.add(name);
      }
    }
    if (classifiers.size() > 1) {
      throw OnnxRefusal.unsupported(
          "outputs "
              + classifiers
              + " each have a matrix of their own (as question answering has): expected one");
    }
    if (!classifiers.isEmpty()) {
      return classifiers.get(0);
    }
    if (pooled.stream().map(n -> head(n).pooling()).distinct().count() > 1) {
      throw OnnxRefusal.unsupported("outputs " + pooled + " are pooled differently: export one");
    }
    if (!pooled.isEmpty()) {
      return pooled.get(0);
    }
    if (hidden.isEmpty()) {
      throw OnnxRefusal.unsupported(
          "the only output "
              + graph.outputs()
              + " is BERT's tanh pooler, which embeddings do not have: export the last hidden state");
    }
    return deepest(hidden);
  }

  /** Of several hidden states the one behind the most layers. */
  private String deepest(List<String> hidden) {
    String found = hidden.get(0);
    int most = -1;
    for (String name : hidden.size() == 1 ? List.<String>of() : hidden) {
      int layers = new OnnxEncoder(head(name).hidden(), tokens).layers().size();
      found = layers > most ? name : found;
      most = Math.max(most, layers);
    }
    return found;
  }

  private static boolean isAttention(OnnxMeaning.Softmax softmax) {
    return softmax.x().length() >= softmax.width() * softmax.width();
  }

  /** How the graph pools, or null where it ends at the last hidden state. */
  @Nullable Pooling pooling() {
    return head.isHidden() ? null : head.pooling();
  }

  /** Whether the graph itself scales its row to length 1. */
  boolean isUnit() {
    return head.unit();
  }

  /** Outputs of the classifier; 0 where there is none. */
  int classes() {
    OnnxAffine classifier = head.classifier();
    return classifier == null ? 0 : classifier.outputs();
  }

  EmbeddingTable embeddings() {
    return encoder.embeddings();
  }

  /**
   * The encoder with what stands behind it, after it gave what the graph gives.
   *
   * @param pooling the graph's own, where it has one
   * @throws ModelException of kind UNSUPPORTED if the model and the graph differ, SHAPE
   */
  EncoderWeights weights(Pooling pooling, Head kind, List<String> labels) {
    EmbeddingTable table = encoder.embeddings();
    ModelShape shape =
        new ModelShape(
            encoder.layers().size(),
            table.width(),
            encoder.heads(),
            encoder.layers().get(0).intermediate().outputs(),
            table.positions(),
            table.vocabulary(),
            encoder.activation(),
            encoder.relative() ? AttentionKind.RELATIVE : AttentionKind.SOFTMAX,
            NormKind.FULL,
            pooling,
            kind,
            labels,
            0,
            head.pooler() != null ? Pooler.TANH : Pooler.NONE,
            encoder.epsilon());
    OnnxAffine pooler = head.pooler();
    OnnxAffine classifier = head.classifier();
    EncoderWeights weights =
        new EncoderWeights(
            shape,
            encoder.layers(),
            pooler == null ? null : pooler.layer(),
            classifier == null ? null : classifier.layer());
    PlaintextTransformer model = new PlaintextTransformer(weights, table);
    boolean unit = kind == Head.EMBEDDING;
    compare(model, unit, outputs, ids, inputs.segments(tokens), tokens);
    padded(model, unit, shape);
    return weights;
  }

  /** The comparison on a longer text, with padding where the graph has a mask. */
  private void padded(PlaintextTransformer model, boolean unit, ModelShape shape) {
    int length = tokens;
    if (inputs.tokensFixed() < 0) {
      long products =
          (long) shape.layers() * shape.width() * (4L * shape.width() + 2L * shape.ffnWidth());
      length = Math.min(TokenClasses.tokensMax(shape.positions()), shape.positions());
      if (products * length > LONG_CHECK_PRODUCTS_MAX) {
        length = Math.min(length, TOKENS_SHORT);
      }
    }
    int real = inputs.has(OnnxRole.MASK) ? length - Math.max(1, length / 4) : length;
    int[] words = inputs.words(length, random);
    int[] segments = inputs.segments(length);
    compare(
        model, unit, interpreter.run(inputs.feed(words, segments, real)), words, segments, real);
  }

  private void compare(
      PlaintextTransformer model,
      boolean unit,
      Map<String, OnnxValue> got,
      int[] words,
      int[] segments,
      int real) {
    OnnxValue value = got.get(output);
    double[][] embedded =
        encoder.embeddings().embed(Arrays.copyOf(words, real), Arrays.copyOf(segments, real));
    double[][] want =
        head.isHidden()
            ? model.hidden(embedded)
            : model.runRows(embedded, (layer, tensor, values) -> {});
    double largest = 0;
    double worst = 0;
    double[] row = new double[want[0].length];
    for (int r = 0; r < want.length; r++) {
      for (int i = 0; i < row.length; i++) {
        row[i] =
            value == null || r * row.length + i >= value.length()
                ? Double.NaN
                : value.get(r * row.length + i);
      }
      boolean scaled = unit && !head.isHidden();
      double[] same = scaled ? PlaintextTransformer.unit(row) : row;
      for (int i = 0; i < row.length; i++) {
        largest = Math.max(largest, Math.abs(same[i]));
        worst =
            Math.max(
                worst,
                Double.isNaN(same[i]) ? Double.POSITIVE_INFINITY : Math.abs(same[i] - want[r][i]));
      }
    }
    boolean half =
        graph.constants().values().stream().anyMatch(c -> c.data().type() == TensorType.F16);
    double most = (half ? HALF_DIFFERENCE_MAX : DIFFERENCE_MAX) * Math.max(1, largest);
    if (!(worst <= most)) {
      throw OnnxRefusal.unsupported(
          "the model read from the graph differs from the graph by "
              + worst
              + " on a text of "
              + real
              + " tokens"
              + (real < words.length ? " and " + (words.length - real) + " of padding" : ""));
    }
  }
}
