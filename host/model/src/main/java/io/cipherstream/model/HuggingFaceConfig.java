package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code config.json} and {@code 1_Pooling/config.json} of a Hugging Face folder. */
final class HuggingFaceConfig {

  /** Longest configuration file in bytes. */
  static final int FILE_BYTES_MAX = 1 << 20;

  private HuggingFaceConfig() {}

  /**
   * @param classifier whether the weights have one
   * @throws ModelException of kind UNSUPPORTED, MALFORMED or SHAPE
   */
  static BertConfiguration read(Path folder, boolean classifier, ImportOptions options) {
    JsonNode config = ModelFiles.json(folder.resolve("config.json"), FILE_BYTES_MAX);
    String type = config.path("model_type").asText("bert");
    String positions = config.path("position_embedding_type").asText("absolute");
    if (!type.equals("bert") || !positions.equals("absolute")) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "model_type '"
              + type
              + "' with "
              + positions
              + " positions: expected 'bert' with absolute positions");
    }
    boolean tokens = classifier && architecture(config).equals("BertForTokenClassification");
    List<String> labels = classifier ? labels(config, options.labels()) : List.of();
    boolean value = classifier && !tokens && regression(config, labels, options.labels());
    return new BertConfiguration(
        integer(config, "num_hidden_layers"),
        integer(config, "num_attention_heads"),
        activation(config.path("hidden_act").asText("gelu")),
        AttentionKind.SOFTMAX,
        NormKind.FULL,
        tokens ? Pooling.NONE : classifier ? Pooling.CLS : pooling(folder, options),
        value ? Head.VALUE : ModelShape.headOf(labels),
        value ? List.of() : labels,
        config.path("layer_norm_eps").asDouble(BertConfiguration.EPSILON_DEFAULT));
  }

  /** What {@code 1_Pooling/config.json} beside a model file says; null where it is absent. */
  static @Nullable Pooling poolingBeside(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null || !Files.exists(folder.resolve("1_Pooling").resolve("config.json"))
        ? null
        : pooling(folder, ImportOptions.named("beside"));
  }

  /**
   * Names of a classifier's outputs, from the options or from {@code config.json} beside a model
   * file: empty for a regression, null where nothing names them.
   */
  static @Nullable List<String> labelsBeside(Path file, ImportOptions options) {
    Path path = file.resolveSibling("config.json");
    List<String> given = options.labels();
    if (!Files.exists(path)) {
      return given;
    }
    JsonNode config = ModelFiles.json(path, FILE_BYTES_MAX);
    List<String> labels = labels(config, given);
    return regression(config, labels, given) ? List.of() : labels;
  }

  private static String architecture(JsonNode config) {
    return config.path("architectures").path(0).asText("");
  }

  /**
   * Whether the one output is a value: said by the problem type, or by a single label as
   * transformers itself takes it.
   */
  private static boolean regression(
      JsonNode config, List<String> labels, @Nullable List<String> given) {
    String problem = config.path("problem_type").asText("");
    if (problem.equals("multi_label_classification")) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "problem_type '"
              + problem
              + "': expected one label a text (single_label_classification) or regression");
    }
    boolean value = problem.equals("regression") || (problem.isEmpty() && labels.size() == 1);
    if (!value || (given != null && !given.isEmpty())) {
      return false;
    }
    if (labels.size() != 1) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "a regression with " + labels.size() + " values: expected one");
    }
    return true;
  }

  private static Activation activation(String name) {
    if (name.equals("gelu_python")) {
      return Activation.GELU;
    }
    return Activation.parse(name);
  }

  private static Pooling pooling(Path folder, ImportOptions options) {
    if (options.pooling() != null) {
      return options.pooling();
    }
    Path file = folder.resolve("1_Pooling").resolve("config.json");
    if (!Files.exists(file)) {
      return Pooling.MEAN;
    }
    JsonNode config = ModelFiles.json(file, FILE_BYTES_MAX);
    boolean cls = config.path("pooling_mode_cls_token").asBoolean(false);
    boolean mean = config.path("pooling_mode_mean_tokens").asBoolean(false);
    if (cls == mean) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "1_Pooling/config.json: expected exactly one of CLS and mean pooling");
    }
    return cls ? Pooling.CLS : Pooling.MEAN;
  }

  private static List<String> labels(JsonNode config, @Nullable List<String> given) {
    if (given != null) {
      return given;
    }
    JsonNode names = config.path("id2label");
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      labels.add(names.path(Integer.toString(i)).asText(""));
    }
    if (labels.isEmpty()) {
      int count = config.path("num_labels").asInt(2);
      for (int i = 0; i < Math.min(count, ModelShape.LABELS_MAX); i++) {
        labels.add("LABEL_" + i);
      }
    }
    return labels;
  }

  private static int integer(JsonNode config, String key) {
    JsonNode value = config.path(key);
    if (!value.isInt()) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "config.json: expected an integer '" + key + "'");
    }
    return value.intValue();
  }
}
