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

  private static final String SEVERAL = "multi_label_classification";

  private static final Set<String> PROBLEMS =
      Set.of("", "regression", "single_label_classification", SEVERAL);

  private final JsonNode config;
  private final String type;
  private final ModelFamily family;

  private HuggingFaceConfig(JsonNode config) {
    this.config = config;
    this.type = config.path("model_type").asText("bert");
    this.family =
        ModelFamily.of(type)
            .orElseThrow(
                () ->
                    refused(
                        "model_type '" + type + "': expected one of " + ModelFamily.modelTypes()));
  }

  ModelFamily family() {
    return family;
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
   * What a classifier's outputs are.
   *
   * @param labels their names; empty for a value
   */
  record Outputs(Head head, List<String> labels) {}

  /**
   * A classifier's outputs, from the options or from {@code config.json} beside a model file; null
   * where nothing names them.
   */
  static @Nullable Outputs outputsBeside(Path file, ImportOptions options) {
    Path path = file.resolveSibling(FILE);
    List<String> given = options.labels();
    if (!Files.exists(path)) {
      return given == null ? null : new Outputs(Head.CLASSES, given);
    }
    return new HuggingFaceConfig(ModelFiles.json(path, FILE_BYTES_MAX)).outputs(given);
  }

  private Outputs outputs(@Nullable List<String> given) {
    List<String> labels = labels(given);
    if (problem().equals(SEVERAL)) {
      return new Outputs(Head.LABELS, labels);
    }
    return regression(labels, given)
        ? new Outputs(Head.VALUE, List.of())
        : new Outputs(Head.CLASSES, labels);
  }

  private void check() {
    String positions = config.path("position_embedding_type").asText("absolute");
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
    for (String key : List.of("num_hidden_groups", "inner_group_num")) {
      if (config.path(key).asInt(1) != 1) {
        throw refused(key + " " + config.path(key) + ": expected 1, all layers with one weight");
      }
    }
    JsonNode buckets = config.path("relative_attention_num_buckets");
    if (family.attention() == AttentionKind.RELATIVE
        && buckets.asInt(PositionBias.BUCKETS) != PositionBias.BUCKETS) {
      throw refused(
          "relative_attention_num_buckets "
              + buckets
              + ", which transformers' MPNet does not follow: expected "
              + PositionBias.BUCKETS);
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

  /** Name of this type's class in transformers, such as {@code Bert} and the kind. */
  String className(String kind) {
    return family.className(type, kind);
  }

  /**
   * The first row of the position table that a text uses; those before it are never read.
   *
   * @throws ModelException of kind MALFORMED
   */
  int firstPosition() {
    if (!family.positionsBehindPadding()) {
      return 0;
    }
    JsonNode padding = config.path("pad_token_id");
    if (!padding.isMissingNode() && !(padding.isInt() && padding.intValue() >= 0)) {
      throw malformed("the padding's id 'pad_token_id', behind which positions begin");
    }
    return padding.asInt(1) + 1;
  }

  /** Encoder layers. */
  int layers() {
    return integer("num_hidden_layers");
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
    if (family.projectsEmbeddings()) {
      checkSize("embedding_size", table.words().columns());
    }
    checkSize("hidden_size", shape.width());
    checkSize("intermediate_size", shape.ffnWidth());
    checkSize("vocab_size", table.vocabulary());
    checkSize("max_position_embeddings", table.positions());
    checkSize("type_vocab_size", table.segments());
  }

  private void checkSize(String bertKey, int there) {
    String key = family.key(bertKey);
    JsonNode said = config.path(key);
    if (!said.isMissingNode() && !(said.isInt() && said.intValue() == there)) {
      throw new ModelException(
          ModelException.Kind.SHAPE, FILE + " says " + key + " " + said + ", the weights " + there);
    }
  }

  /** An encoder whose pooled row is the answer, or with a dense output what follows it. */
  BertConfiguration embedding(Pooling pooling, boolean normalize, @Nullable DenseOutput dense) {
    return configuration(pooling, normalize ? Head.EMBEDDING : Head.VECTOR, List.of(), dense);
  }

  /** An encoder with one label a token. */
  BertConfiguration words(@Nullable List<String> given) {
    return configuration(Pooling.NONE, Head.CLASSES, labels(given), null);
  }

  /** An encoder with a label, any number of them, or a value a text. */
  BertConfiguration texts(@Nullable List<String> given) {
    Outputs outputs = outputs(given);
    return configuration(Pooling.CLS, outputs.head(), outputs.labels(), null);
  }

  private BertConfiguration configuration(
      Pooling pooling, Head head, List<String> labels, @Nullable DenseOutput dense) {
    return new BertConfiguration(
        layers(),
        integer("num_attention_heads"),
        activation(),
        family.attention(),
        NormKind.FULL,
        pooling,
        head,
        labels,
        family.pooler(),
        config.path("layer_norm_eps").asDouble(BertConfiguration.EPSILON_DEFAULT),
        dense);
  }

  /**
   * Whether the one output is a value: said by the problem type, or by a single label as
   * transformers itself takes it.
   */
  private boolean regression(List<String> labels, @Nullable List<String> given) {
    String problem = problem();
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
    String key = family.key("hidden_act");
    JsonNode name = config.path(key);
    if (!name.isMissingNode() && !name.isTextual()) {
      throw malformed("a name '" + key + "'");
    }
    return switch (name.asText("gelu")) {
      case "gelu_python" -> Activation.GELU;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      default -> Activation.parse(name.asText("gelu"));
    };
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

  private int integer(String bertKey) {
    String key = family.key(bertKey);
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
