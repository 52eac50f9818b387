package io.cipherstream.workflow.train;

import io.cipherstream.model.HingeNetwork;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The weights of an encoder as PyTorch tensors, by their Hugging Face names. The word table has
 * only the rows of a {@link VocabularyMap}. T is not a weight: it is frozen. Use one thread at a
 * time.
 */
public final class Parameters {

  static final String WORDS = "bert.embeddings.word_embeddings.weight";

  /** A student's projection of {@link WordFeatures}, [width, features], instead of a word table. */
  static final String PROJECTION = "bert.embeddings.word_projection.weight";

  static final String POSITIONS = "bert.embeddings.position_embeddings.weight";
  static final String SEGMENTS = "bert.embeddings.token_type_embeddings.weight";
  static final String EMBEDDING_NORM = "bert.embeddings.LayerNorm";
  static final String CLASSIFIER = "classifier";

  private static final double DEVIATION = 0.55;

  private final Architecture architecture;
  private final Map<String, Tensor> tensors;
  private @Nullable HingeNetwork normalizer;

  Parameters(Architecture architecture, Map<String, Tensor> tensors) {
    this.architecture = architecture;
    this.tensors = new LinkedHashMap<>(tensors);
  }

  /** Sizes. */
  public Architecture architecture() {
    return architecture;
  }

  /** T of THE-X's attention, shared by all layers. */
  public @Nullable HingeNetwork normalizer() {
    return normalizer;
  }

  /** Sets T. */
  public void setNormalizer(@Nullable HingeNetwork network) {
    normalizer = network;
  }

  /** Prefix of a layer's names. */
  static String layer(int i) {
    return "bert.encoder.layer." + i + ".";
  }

  /** The name of a layer's power attention. */
  static String power(int i) {
    return "thex.layer." + i + ".power.";
  }

  Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no weight " + name);
    }
    return tensor;
  }

  void put(String name, Tensor tensor) {
    tensors.put(name, tensor);
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  void remove(String name) {
    tensors.remove(name);
  }

  /** An independent copy, in float64 for reference passes if requested. */
  Parameters copy(torch.ScalarType type) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> copies.put(name, tensor.detach().to(type).clone()));
    Parameters out = new Parameters(architecture, copies);
    out.normalizer = normalizer;
    return out;
  }

  /** An independent copy in float32. */
  public Parameters copy() {
    return copy(torch.ScalarType.Float);
  }

  /** Copies all values of another set of the same names and shapes into this one. */
  void assign(Parameters other) {
    try (NoGradGuard guard = new NoGradGuard()) {
      tensors.forEach((name, tensor) -> tensor.copy_(other.get(name)));
    }
  }

  void each(BiConsumer<String, Tensor> action) {
    tensors.forEach(action);
  }

  /** Number of weights. */
  public long count() {
    return tensors.values().stream().mapToLong(Tensor::numel).sum();
  }

  /**
   * Random weights: matrices and tables N(0, 0.55²/width), which is BERT's 0.02² at width 768,
   * biases 0, γ 1, β 0.
   *
   * @param seed the same seed gives the same weights
   */
  static Parameters random(Architecture a, long seed) {
    torch.manual_seed(seed);
    double deviation = DEVIATION / Math.sqrt(a.width());
    Map<String, Tensor> out = new LinkedHashMap<>();
    out.put(WORDS, normal(deviation, a.vocabulary(), a.width()));
    out.put(POSITIONS, normal(deviation, a.positions(), a.width()));
    out.put(SEGMENTS, normal(deviation, a.segments(), a.width()));
    norm(out, EMBEDDING_NORM, a.width());
    for (int i = 0; i < a.layers(); i++) {
      String at = layer(i);
      for (String part : new String[] {"query", "key", "value"}) {
        dense(out, deviation, at + "attention.self." + part, a.width(), a.width());
      }
      dense(out, deviation, at + "attention.output.dense", a.width(), a.width());
      norm(out, at + "attention.output.LayerNorm", a.width());
      dense(out, deviation, at + "intermediate.dense", a.ffnWidth(), a.width());
      dense(out, deviation, at + "output.dense", a.width(), a.ffnWidth());
      norm(out, at + "output.LayerNorm", a.width());
    }
    dense(out, deviation, CLASSIFIER, a.outputs(), a.width());
    return new Parameters(a, out);
  }

  private static Tensor normal(double deviation, long... shape) {
    return Torch.scaled(torch.randn(shape), deviation);
  }

  private static void dense(
      Map<String, Tensor> out, double deviation, String at, int outputs, int inputs) {
    out.put(at + ".weight", normal(deviation, outputs, inputs));
    out.put(at + ".bias", Torch.floats(new float[outputs], outputs));
  }

  private static void norm(Map<String, Tensor> out, String at, int width) {
    float[] ones = new float[width];
    Arrays.fill(ones, 1);
    out.put(at + ".weight", Torch.floats(ones, width));
    out.put(at + ".bias", Torch.floats(new float[width], width));
  }
}
