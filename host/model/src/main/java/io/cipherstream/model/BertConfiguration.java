package io.cipherstream.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model file says about itself beside its tensors.
 *
 * @param layers encoder layers
 * @param heads attention heads
 * @param pooling how token rows become one
 * @param head what comes out
 * @param labels class names; empty unless the head is CLASSES
 * @param pooler function of a pooler, should there be the weights of one
 * @param layerNormEpsilon ε of the full norms
 * @param dense what follows the pooled row of an embedding, or null
 */
record BertConfiguration(
    int layers,
    int heads,
    Activation activation,
    AttentionKind attention,
    NormKind norm,
    Pooling pooling,
    Head head,
    List<String> labels,
    Pooler pooler,
    double layerNormEpsilon,
    @Nullable DenseOutput dense) {

  /** ε where the file names none: BERT's own. */
  static final double EPSILON_DEFAULT = 1e-12;

  /**
   * From the metadata of a single safetensors file: {@code layers heads pool activation attention
   * norm labels}, optionally {@code layer_norm_eps} and {@code head}; sizes come from the tensors.
   *
   * @throws ModelException of kind MALFORMED if a key is missing or no number, UNSUPPORTED if a
   *     name is unknown
   */
  static BertConfiguration fromMetadata(Map<String, String> metadata) {
    String names = metadata.getOrDefault("labels", "");
    List<String> labels = names.isBlank() ? List.of() : List.of(names.split(",", -1));
    String head = metadata.get("head");
    return new BertConfiguration(
        integer(metadata, "layers"),
        integer(metadata, "heads"),
        Activation.parse(text(metadata, "activation")),
        AttentionKind.parse(text(metadata, "attention")),
        NormKind.parse(text(metadata, "norm")),
        Pooling.parse(text(metadata, "pool")),
        head == null ? ModelShape.headOf(labels) : Head.parse(head),
        labels,
        Pooler.TANH,
        metadata.containsKey("layer_norm_eps") ? real(metadata, "layer_norm_eps") : EPSILON_DEFAULT,
        null);
  }

  /** The same with other class names, unless they are null. */
  BertConfiguration withLabels(@Nullable List<String> names) {
    return names == null
        ? this
        : new BertConfiguration(
            layers,
            heads,
            activation,
            attention,
            norm,
            pooling,
            head.embeds() ? ModelShape.headOf(names) : head,
            names,
            pooler,
            layerNormEpsilon,
            dense);
  }

  private static String text(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "safetensors metadata has no '"
              + key
              + "': expected layers, heads, pool, activation, attention, norm and labels there, "
              + "or a Hugging Face folder with config.json");
    }
    return value;
  }

  private static int integer(Map<String, String> metadata, String key) {
    String value = text(metadata, key);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, key + " '" + value + "' is not an integer", e);
    }
  }

  private static double real(Map<String, String> metadata, String key) {
    String value = text(metadata, key);
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, key + " '" + value + "' is not a number", e);
    }
  }
}
