package io.cipherstream.workflow.train;

import io.cipherstream.model.FloatTable;
import io.cipherstream.model.sealed.LayerLetter;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The weights of a polynomial encoder at their start; names are those of a sealed package. */
public final class SealedParameters {

  /** Deviation of a matrix's entries times the root of its inputs. */
  private static final double DEVIATION = 0.7;

  /** Factor for matrices whose output is added to the rows. */
  private static final double ADDED = 0.5;

  private static final double WINDOW = 0.5;
  private static final double SCORES = 0.3;

  private SealedParameters() {}

  /** Prefix of a layer's names that BERT does not have. */
  static String prefix(int layer) {
    return "sealed.layer." + layer + ".";
  }

  /**
   * Random layers after word vectors that are a projection of fixed features, as in {@link
   * StudentModel#start}; {@link StudentModel#fold} makes a word table of it afterwards.
   *
   * @param architecture of 2 layers; its vocabulary is the map's size
   * @param features of every word piece
   * @param functions what the functions of each layer's network start as
   */
  public static Parameters start(
      SealedSpec spec,
      List<StartFunction> functions,
      Architecture architecture,
      FloatTable features,
      VocabularyMap vocabulary,
      long seed) {
    Parameters words = StudentModel.start(architecture, features, vocabulary, seed);
    Parameters out = random(spec, functions, architecture, seed);
    for (String name :
        new String[] {
          Parameters.WORDS, Parameters.PROJECTION, Parameters.POSITIONS, Parameters.SEGMENTS
        }) {
      out.put(name, words.get(name));
    }
    return out;
  }

  /** All weights random; the same seed gives the same ones. */
  static Parameters random(
      SealedSpec spec, List<StartFunction> functions, Architecture a, long seed) {
    torch.manual_seed(seed);
    Map<String, Tensor> out = new LinkedHashMap<>();
    int width = a.width();
    out.put(Parameters.WORDS, normal(DEVIATION, width, a.vocabulary(), width));
    out.put(Parameters.POSITIONS, Torch.scaled(torch.randn(a.positions(), width), 0.02));
    out.put(Parameters.SEGMENTS, Torch.scaled(torch.randn(a.segments(), width), 0.02));
    norm(out, Parameters.EMBEDDING_NORM, width);
    for (int i = 0; i < spec.layers(); i++) {
      mixing(out, i, spec.letter(i), a);
      norm(out, Parameters.layer(i) + "attention.output.LayerNorm", width);
      if (spec.letter(i) != LayerLetter.Q) {
        network(out, i, a, spec.hasEdges(), functions.get(i));
      }
    }
    dense(out, DEVIATION, Parameters.CLASSIFIER, a.outputs(), width);
    return new Parameters(a, out);
  }

  private static void mixing(Map<String, Tensor> out, int i, LayerLetter letter, Architecture a) {
    int width = a.width();
    String at = Parameters.layer(i) + "attention.";
    if (letter == LayerLetter.C) {
      int maps = WindowMixing.OFFSETS + 1;
      out.put(prefix(i) + "window.weight", normal(WINDOW, maps * width, maps, width, width));
      out.put(prefix(i) + "window.bias", filled(width, 0));
      return;
    }
    if (letter.attends()) {
      dense(out, DEVIATION, at + "self.query", width, width);
      dense(out, DEVIATION, at + "self.key", width, width);
      out.put(prefix(i) + "attention.scale", filled(a.heads(), 0.3f));
      out.put(prefix(i) + "attention.offset", filled(a.heads(), 1));
    } else {
      dense(out, SCORES, prefix(i) + "score", a.heads(), width);
      out.put(prefix(i) + "score.bias", filled(a.heads(), 1));
    }
    dense(out, DEVIATION, at + "self.value", width, width);
    dense(out, ADDED * DEVIATION, at + "output.dense", width, width);
  }

  private static void network(
      Map<String, Tensor> out, int i, Architecture a, boolean edges, StartFunction function) {
    String second = Parameters.layer(i) + "output.dense";
    dense(out, DEVIATION, Parameters.layer(i) + "intermediate.dense", a.ffnWidth(), a.width());
    dense(out, ADDED * DEVIATION, second, a.width(), a.ffnWidth());
    if (edges) {
      edges(out, second, function.series().coefficients());
    } else {
      float[] powers = function.powers();
      out.put(prefix(i) + "activation.square", filled(a.ffnWidth(), powers[2]));
      out.put(prefix(i) + "activation.linear", filled(a.ffnWidth(), powers[1]));
      out.put(prefix(i) + "activation.constant", filled(1, powers[0]));
    }
    norm(out, Parameters.layer(i) + "output.LayerNorm", a.width());
  }

  /** A matrix of functions as one of Chebyshev features: B becomes c₁·B … c_d·B, and c₀·B·1. */
  private static void edges(Map<String, Tensor> out, String second, double[] coefficients) {
    Tensor weight = Objects.requireNonNull(out.get(second + ".weight"));
    TensorVector parts = new TensorVector();
    for (int n = 1; n < coefficients.length; n++) {
      parts.push_back(Torch.scaled(weight, coefficients[n]));
    }
    out.put(second + ".weight", torch.cat(parts, 1));
    out.put(second + ".bias", Torch.scaled(weight.sum(1L), coefficients[0]));
  }

  private static Tensor normal(double factor, int inputs, long... shape) {
    return Torch.scaled(torch.randn(shape), factor / Math.sqrt(inputs));
  }

  private static Tensor filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return Torch.floats(values, length);
  }

  private static void dense(
      Map<String, Tensor> out, double factor, String at, int outputs, int inputs) {
    out.put(at + ".weight", normal(factor, inputs, outputs, inputs));
    out.put(at + ".bias", filled(outputs, 0));
  }

  private static void norm(Map<String, Tensor> out, String at, int width) {
    out.put(at + ".weight", filled(width, 1));
    out.put(at + ".bias", filled(width, 0));
  }
}
