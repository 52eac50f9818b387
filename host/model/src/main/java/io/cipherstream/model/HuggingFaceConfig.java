package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code config.json} of a Hugging Face folder: what it says is computed or refused. */
final class HuggingFaceConfig {

  /** Longest configuration file in bytes. */
  static final int FILE_BYTES_MAX = 1 << 20;

  private static final String FILE = "config.json";

  private static final Set<String> PROBLEMS =
      Set.of("", "regression", "single_label_classification", "multi_label_classification");

  private final JsonNode config;

  private HuggingFaceConfig(JsonNode config) {
    this.config = config;
  }

  /**
   * @throws ModelException of kind UNSUPPORTED, which names what is not computed, or MALFORMED
   */
  static HuggingFaceConfig read(Path folder) {
    HuggingFaceConfig read =
        new HuggingFaceConfig(ModelFiles.json(folder.resolve(FILE), FILE_BYTES_MAX));
    read.check();
    return read;
  }

  /**
   * Names of a classifier's outputs, from the options or from {@code config.json} beside a model
   * file: empty for a regression, null where nothing names them.
   */
  static @Nullable List<String> labelsBeside(Path file, ImportOptions options) {
    Path path = file.resolveSibling(FILE);
    List<String> given = options.labels();
    if (!Files.exists(path)) {
      return given;
    }
    HuggingFaceConfig beside = new HuggingFaceConfig(ModelFiles.json(path, FILE_BYTES_MAX));
    List<String> labels = beside.labels(given);
    return beside.regression(labels, given) ? List.of() : labels;
  }

  private void check() {
    String type = config.path("model_type").asText("bert");
    String positions = config.path("position_embedding_type").asText("absolute");
    if (!type.equals("bert")) {
      throw refused("model_type '" + type + "': expected 'bert'");
    }
    if (!positions.equals("absolute")) {
      throw refused("position_embedding_type '" + positions + "': expected 'absolute'");
    }
    for (String key : List.of("is_decoder", "add_cross_attention", "is_encoder_decoder")) {
      if (!config.path(key).isMissingNode() && !off(config.path(key))) {
        throw refused(key + " " + config.path(key) + ", which is not computed");
      }
    }
    for (String key : List.of("pruned_heads", "quantization_config", "auto_map")) {
      JsonNode value = config.path(key);
      if (!value.isMissingNode() && !value.isNull() && !value.isEmpty()) {
        throw refused(key + " " + value + ", which is not computed");
      }
      if (value.isValueNode() && !value.isNull()) {
        throw refused(key + " " + value + ": expected none");
      }
    }
    JsonNode epsilon = config.path("layer_norm_eps");
    if (!epsilon.isMissingNode() && !epsilon.isNumber()) {
      throw malformed("a number 'layer_norm_eps'");
    }
    if (!PROBLEMS.contains(problem())) {
      throw refused("problem_type '" + problem() + "': expected one of " + PROBLEMS);
    }
  }

  private static boolean off(JsonNode flag) {
    return flag.isNull() || (flag.isBoolean() && !flag.booleanValue());
  }

  private String problem() {
    return config.path("problem_type").isNull() ? "" : config.path("problem_type").asText("");
  }

  /** Name of the class of transformers that the weights are of; empty where it is not said. */
  String architecture() {
    JsonNode names = config.path("architectures");
    boolean one = names.isArray() && names.size() == 1 && names.get(0).isTextual();
    if (!one
        && !names.isMissingNode()
        && !names.isNull()
        && !(names.isArray() && names.isEmpty())) {
      throw refused("architectures " + names + ": expected a list of one");
    }
    return names.path(0).asText("");
  }

  /**
   * Refuses a tokenizer that is code of its own.
   *
   * @throws ModelException of kind TOKENIZER
   */
  void checkTokenizer() {
    if (config.path("tokenizer_class").asText("").startsWith("BertJapanese")) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          FILE
              + " says tokenizer_class "
              + config.path("tokenizer_class")
              + ", which cuts words by a dictionary: name a tokenizer.json with --tokenizer");
    }
  }

  /**
   * Compares the sizes that the file states with those of the weights.
   *
   * @throws ModelException of kind SHAPE
   */
  void checkSizes(EmbeddingTable table, ModelShape shape) {
    checkSize("hidden_size", shape.width());
    checkSize("intermediate_size", shape.ffnWidth());
    checkSize("vocab_size", table.vocabulary());
    checkSize("max_position_embeddings", table.positions());
    checkSize("type_vocab_size", table.segments());
  }

  private void checkSize(String key, int there) {
    JsonNode said = config.path(key);
    if (!said.isMissingNode() && !(said.isInt() && said.intValue() == there)) {
      throw new ModelException(
          ModelException.Kind.SHAPE, FILE + " says " + key + " " + said + ", the weights " + there);
    }
  }

  /** An encoder whose pooled row is the answer. */
  BertConfiguration embedding(Pooling pooling, boolean normalize) {
    return configuration(pooling, normalize ? Head.EMBEDDING : Head.VECTOR, List.of());
  }

  /** An encoder with one label a token. */
  BertConfiguration words(@Nullable List<String> given) {
    return configuration(Pooling.NONE, Head.CLASSES, labels(given));
  }

  /** An encoder with a label or a value a text. */
  BertConfiguration texts(@Nullable List<String> given) {
    List<String> labels = labels(given);
    boolean value = regression(labels, given);
    return configuration(
        Pooling.CLS, value ? Head.VALUE : Head.CLASSES, value ? List.of() : labels);
  }

  private BertConfiguration configuration(Pooling pooling, Head head, List<String> labels) {
    return new BertConfiguration(
        integer("num_hidden_layers"),
        integer("num_attention_heads"),
        activation(),
        AttentionKind.SOFTMAX,
        NormKind.FULL,
        pooling,
        head,
        labels,
        config.path("layer_norm_eps").asDouble(BertConfiguration.EPSILON_DEFAULT));
  }

  /**
   * Whether the one output is a value: said by the problem type, or by a single label as
   * transformers itself takes it.
   */
  private boolean regression(List<String> labels, @Nullable List<String> given) {
    String problem = problem();
    if (problem.equals("multi_label_classification")) {
      throw refused(
          "problem_type '"
              + problem
              + "': expected one label a text (single_label_classification) or regression");
    }
    boolean value = problem.equals("regression") || (problem.isEmpty() && labels.size() == 1);
    if (!value || (given != null && !given.isEmpty())) {
      return false;
    }
    if (labels.size() != 1) {
      throw refused("a regression with " + labels.size() + " values: expected one");
    }
    return true;
  }

  private Activation activation() {
    JsonNode name = config.path("hidden_act");
    if (!name.isMissingNode() && !name.isTextual()) {
      throw malformed("a name 'hidden_act'");
    }
    return name.asText("gelu").equals("gelu_python")
        ? Activation.GELU
        : Activation.parse(name.asText("gelu"));
  }

  private List<String> labels(@Nullable List<String> given) {
    if (given != null) {
      return given;
    }
    JsonNode names = config.path("id2label");
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      labels.add(names.path(Integer.toString(i)).asText(""));
    }
    for (Map.Entry<String, JsonNode> entry : config.path("label2id").properties()) {
      int id = entry.getValue().asInt(-1);
      if (id < 0 || id >= labels.size() || !labels.get(id).equals(entry.getKey())) {
        throw refused(
            "label2id with '"
                + entry.getKey()
                + "' for "
                + entry.getValue()
                + ", and id2label "
                + (labels.isEmpty() ? "nothing" : "" + labels)
                + ": name the classes in the order of the logits with --labels");
      }
    }
    JsonNode count = config.path("num_labels");
    if (!labels.isEmpty() && count.isInt() && count.intValue() != labels.size()) {
      throw refused("num_labels " + count + " and " + labels.size() + " names in id2label");
    }
    if (labels.isEmpty()) {
      for (int i = 0; i < Math.min(count.asInt(2), ModelShape.LABELS_MAX); i++) {
        labels.add("LABEL_" + i);
      }
    }
    return labels;
  }

  private int integer(String key) {
    JsonNode value = config.path(key);
    if (!value.isInt()) {
      throw malformed("an integer '" + key + "'");
    }
    return value.intValue();
  }

  private static ModelException malformed(String expected) {
    return new ModelException(ModelException.Kind.MALFORMED, FILE + ": expected " + expected);
  }

  private static ModelException refused(String what) {
    return new ModelException(ModelException.Kind.UNSUPPORTED, FILE + " says " + what);
  }
}
