package io.cipherstream.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a BERT encoder from the meaning of its last hidden state, from the end to the embeddings.
 */
final class OnnxEncoder {

  private static final double TOLERANCE = 1e-5;

  private final List<LayerWeights> layers = new ArrayList<>();
  private final OnnxBase hidden;
  private final EmbeddingTable embeddings;
  private int heads;
  private double scoreFactor = 1;
  private double epsilon = Double.NaN;
  private @Nullable Activation activation;

  /** What is added to scores by relative position, and whether any layer adds nothing. */
  private @Nullable OnnxBase bias;

  private boolean withoutBias;

  /**
   * @param hidden rows after the last norm
   * @param tokens rows that the graph was computed with
   * @throws ModelException of kind UNSUPPORTED if they are not those of a BERT encoder, SHAPE if
   *     there are more than {@link ModelShape#LAYERS_MAX} layers
   */
  OnnxEncoder(OnnxBase hidden, int tokens) {
    this.hidden = hidden;
    OnnxBase at = hidden;
    OnnxEmbeddings found = OnnxEmbeddings.of(at, tokens);
    while (found == null) {
      if (layers.size() == ModelShape.LAYERS_MAX) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            "ONNX graph of more than " + ModelShape.LAYERS_MAX + " layers");
      }
      at = layer(at);
      found = OnnxEmbeddings.of(at, tokens);
    }
    Collections.reverse(layers);
    epsilon(found.norm());
    embeddings = found.table(epsilon, positionBias());
  }

  OnnxBase hidden() {
    return hidden;
  }

  List<LayerWeights> layers() {
    return layers;
  }

  EmbeddingTable embeddings() {
    return embeddings;
  }

  int heads() {
    return heads;
  }

  double epsilon() {
    return epsilon;
  }

  Activation activation() {
    if (activation == null) {
      throw OnnxRefusal.unsupported("no layer between the embeddings and the output");
    }
    return activation;
  }

  private @Nullable PositionBias positionBias() {
    OnnxBase values = bias;
    if (values == null) {
      return null;
    }
    if (withoutBias) {
      throw OnnxRefusal.unsupported("only some layers add a bias by relative position to scores");
    }
    double[] numbers = new double[values.length()];
    Arrays.setAll(numbers, values::get);
    return new PositionBias(
        FloatTable.of(
            PositionBias.BUCKETS,
            numbers.length / PositionBias.BUCKETS,
            OnnxAffine.floats(numbers)));
  }

  /** Whether scores get a bias by relative position. */
  boolean relative() {
    return bias != null;
  }

  private String where() {
    return " (layer " + (layers.size() + 1) + " from the end)";
  }

  private ModelException unsupported(String what) {
    return OnnxRefusal.unsupported(what + where());
  }

  /** Reads one layer from its output; returns its input. */
  private OnnxBase layer(OnnxBase out) {
    OnnxNorm second = norm(out, "at the layer's end");
    Residual ffn = residual(second, "the feed-forward network");
    OnnxActivation function = OnnxActivation.of(ffn.dense.x());
    if (function == null) {
      throw unsupported(
          "the function between the feed-forward matrices is neither GELU by erf nor ReLU: "
              + name(ffn.dense.x()));
    }
    if (activation != null && activation != function.kind()) {
      throw unsupported("layers have different activations");
    }
    activation = function.kind();
    OnnxAffine intermediate = affine(function.x(), "before the activation");
    if (!intermediate.x().same(ffn.other)) {
      throw unsupported("the feed-forward network's sum adds something else than its input");
    }
    OnnxNorm first = norm(ffn.other, "after the attention");
    Residual attention = residual(first, "the attention");
    if (!(attention.dense.x().meaning() instanceof OnnxMeaning.Context context)) {
      throw unsupported("no attention: " + name(attention.dense.x()));
    }
    OnnxMeaning.Scores scores = scores(context.weights());
    OnnxAffine query = operand(scores.query(), attention.other, "queries");
    OnnxAffine key = operand(scores.key(), attention.other, "keys");
    OnnxAffine value = operand(context.value(), attention.other, "values");
    int found = context.value().heads();
    if (scores.query().heads() != found || (heads != 0 && heads != found)) {
      throw unsupported("layers have different numbers of heads");
    }
    heads = found;
    OnnxAffine scaled = scaled(query, key, scores.query().headWidth());
    layers.add(
        new LayerWeights(
            scaled.layer(),
            key.over(key.factor()).layer(),
            value.layer(),
            attention.dense.layer(),
            first.layer(),
            intermediate.layer(),
            ffn.dense.layer(),
            second.layer(),
            null,
            null));
    return attention.other;
  }

  private OnnxNorm norm(OnnxBase base, String place) {
    OnnxNorm norm = OnnxNorm.of(base);
    if (norm == null) {
      throw unsupported("no LayerNorm " + place + ": " + name(base));
    }
    epsilon(norm);
    return norm;
  }

  private void epsilon(OnnxNorm norm) {
    if (!Double.isNaN(epsilon) && Math.abs(norm.epsilon() - epsilon) > 1e-3 * epsilon) {
      throw OnnxRefusal.unsupported(
          "LayerNorms have different ε: " + epsilon + " and " + norm.epsilon());
    }
    epsilon = norm.epsilon();
  }

  private OnnxAffine affine(OnnxBase base, String place) {
    OnnxAffine affine = OnnxAffine.of(base);
    if (affine == null) {
      throw unsupported("no constant matrix " + place + ": " + name(base));
    }
    return affine;
  }

  /** dense(…) + other. */
  private record Residual(OnnxAffine dense, OnnxBase other) {}

  private Residual residual(OnnxNorm norm, String what) {
    OnnxSum sum = OnnxSum.of(norm.x());
    if (sum.terms().size() == 2) {
      for (int i = 0; i < 2; i++) {
        OnnxAffine dense = OnnxAffine.of(sum.terms().get(i));
        if (dense != null && dense.outputs() == norm.gamma().length) {
          return new Residual(dense.plus(sum.row(dense.outputs())), sum.terms().get(1 - i));
        }
      }
    }
    throw unsupported("no sum of " + what + " with its input");
  }

  private OnnxMeaning.Scores scores(OnnxBase weights) {
    if (!(weights.meaning() instanceof OnnxMeaning.Softmax softmax)) {
      throw unsupported("no softmax in the attention");
    }
    double factor = 1;
    boolean biased = false;
    OnnxBase at = softmax.x();
    while (at.meaning() instanceof OnnxMeaning.WithConstant c) {
      double number = OnnxAffine.number(c.constant());
      boolean zero = c.operator().equals("Add") && number == 0;
      boolean low = c.operator().equals("Max") && number <= -1e4;
      if (c.operator().equals("Mul") && !Double.isNaN(number)) {
        factor *= number;
      } else if (c.operator().equals("Div") && !c.constantFirst() && !Double.isNaN(number)) {
        factor /= number;
      } else if (c.operator().equals("Add")
          && factor == 1
          && !biased
          && byRelativePosition(c.constant(), softmax.width())
          && (bias == null || bias.same(c.constant().base()))) {
        bias = c.constant().base();
        biased = true;
      } else if (!zero && !low) {
        throw unsupported("the scores of the attention get a constant beside the mask");
      }
      at = c.x();
    }
    if (!(at.meaning() instanceof OnnxMeaning.Scores scores)) {
      throw unsupported(
          "the scores of the attention are more than products of queries and keys: "
              + name(at)
              + "; for a text without padding the mask adds 0");
    }
    scoreFactor = factor;
    withoutBias |= !biased;
    if (softmax.width() * softmax.width() * scores.query().heads() != at.length()) {
      throw unsupported("a softmax over something else than a token's scores");
    }
    return scores;
  }

  /** Whether a constant [heads][tokens][tokens] has a table's row for each distance, as MPNet's. */
  private static boolean byRelativePosition(OnnxValue constant, int tokens) {
    int heads = constant.length() / (tokens * tokens);
    if (heads * tokens * tokens != constant.length()
        || constant.base().length() != PositionBias.BUCKETS * heads) {
      return false;
    }
    for (int i = 0; i < constant.length(); i++) {
      int key = i % tokens;
      int query = i / tokens % tokens;
      int head = i / (tokens * tokens);
      if (constant.place(i) != PositionBias.bucket(key - query) * heads + head) {
        return false;
      }
    }
    return true;
  }

  private OnnxAffine operand(OnnxMeaning.Heads part, OnnxBase x, String what) {
    OnnxAffine affine = affine(part.x(), "behind the " + what);
    if (!affine.x().same(x)) {
      throw unsupported("the " + what + " are made of something else than the layer's input");
    }
    if (part.width() != affine.outputs()) {
      throw unsupported("the " + what + " are laid out as no rows of tokens");
    }
    return affine.chosen(part.features());
  }

  /** The queries such that q·k/√d is what the graph gives to softmax, whoever scales it there. */
  private OnnxAffine scaled(OnnxAffine query, OnnxAffine key, int headWidth) {
    double q = query.factor();
    double k = key.factor();
    double total = q * k * scoreFactor * Math.sqrt(headWidth);
    if (!(total > 0)) {
      throw unsupported("scores are scaled by " + q + " · " + k + " · " + scoreFactor);
    }
    OnnxAffine bare = query.over(q);
    return Math.abs(total - 1) <= TOLERANCE ? bare : bare.over(1 / total);
  }

  /** For messages: what a base is. */
  static String name(OnnxBase base) {
    OnnxMeaning meaning = base.meaning();
    if (meaning instanceof OnnxMeaning.Other other) {
      return other.node();
    }
    if (meaning instanceof OnnxMeaning.Pair pair) {
      return "a value by " + pair.operator();
    }
    if (meaning instanceof OnnxMeaning.WithConstant with) {
      return "a value by " + with.operator() + " with a constant";
    }
    if (meaning instanceof OnnxMeaning.Function function) {
      return "a value by " + function.operator();
    }
    return "a value of kind " + meaning.getClass().getSimpleName();
  }
}
