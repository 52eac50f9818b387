package io.cipherstream.model;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A family of encoders as transformers knows them: what its files call by another name, and where
 * its computation differs from BERT's. Layers are BERT's in all of them.
 */
enum ModelFamily {
  BERT(Map.of("bert", "Bert"), "bert.", Pooler.TANH, List.of(), Map.of()),
  /** No token types and no pooler of its own; a classifier has a matrix and ReLU before it. */
  DISTILBERT(
      Map.of("distilbert", "DistilBert"),
      "distilbert.",
      Pooler.RELU,
      List.of(
          new TensorRename(
              "encoder.layer.#.attention.self.query", "transformer.layer.#.attention.q_lin"),
          new TensorRename(
              "encoder.layer.#.attention.self.key", "transformer.layer.#.attention.k_lin"),
          new TensorRename(
              "encoder.layer.#.attention.self.value", "transformer.layer.#.attention.v_lin"),
          new TensorRename(
              "encoder.layer.#.attention.output.dense", "transformer.layer.#.attention.out_lin"),
          new TensorRename(
              "encoder.layer.#.attention.output.LayerNorm", "transformer.layer.#.sa_layer_norm"),
          new TensorRename("encoder.layer.#.intermediate.dense", "transformer.layer.#.ffn.lin1"),
          new TensorRename("encoder.layer.#.output.dense", "transformer.layer.#.ffn.lin2"),
          new TensorRename(
              "encoder.layer.#.output.LayerNorm", "transformer.layer.#.output_layer_norm"),
          new TensorRename("pooler.dense", "pre_classifier")),
      Map.of(
          "hidden_size", "dim",
          "num_hidden_layers", "n_layers",
          "num_attention_heads", "n_heads",
          "intermediate_size", "hidden_dim",
          "hidden_act", "activation")),
  /** Positions begin behind the padding's id; the head's matrices stand under one name. */
  ROBERTA(
      Map.of("roberta", "Roberta", "xlm-roberta", "XLMRoberta", "camembert", "Camembert"),
      "roberta.",
      Pooler.TANH,
      List.of(
          new TensorRename("pooler.dense", "classifier.dense"),
          new TensorRename("classifier", "classifier.out_proj"),
          TensorRename.leftOut("pooler.dense")),
      Map.of()),
  /** Small models have narrower embeddings and a matrix behind their norm; GELU in the head. */
  ELECTRA(
      Map.of("electra", "Electra"),
      "electra.",
      Pooler.GELU,
      List.of(
          new TensorRename("embeddings.projection", "embeddings_project"),
          new TensorRename("pooler.dense", "classifier.dense"),
          new TensorRename("classifier", "classifier.out_proj")),
      Map.of()),
  /** Attention knows relative positions; the rest is as in RoBERTa, without token types. */
  MPNET(
      Map.of("mpnet", "MPNet"),
      "mpnet.",
      Pooler.TANH,
      List.of(
          new TensorRename(
              "encoder.layer.#.attention.self.query", "encoder.layer.#.attention.attn.q"),
          new TensorRename(
              "encoder.layer.#.attention.self.key", "encoder.layer.#.attention.attn.k"),
          new TensorRename(
              "encoder.layer.#.attention.self.value", "encoder.layer.#.attention.attn.v"),
          new TensorRename(
              "encoder.layer.#.attention.output.dense", "encoder.layer.#.attention.attn.o"),
          new TensorRename(
              "encoder.layer.#.attention.output.LayerNorm", "encoder.layer.#.attention.LayerNorm"),
          new TensorRename("pooler.dense", "classifier.dense"),
          new TensorRename("classifier", "classifier.out_proj"),
          TensorRename.leftOut("pooler.dense")),
      Map.of()),
  /** Layers share their weights, and embeddings are narrower. */
  ALBERT(
      Map.of("albert", "Albert"),
      "albert.",
      Pooler.TANH,
      List.of(
          new TensorRename("embeddings.projection", "encoder.embedding_hidden_mapping_in"),
          new TensorRename("pooler.dense", "pooler"),
          shared("attention.self.query", "attention.query"),
          shared("attention.self.key", "attention.key"),
          shared("attention.self.value", "attention.value"),
          shared("attention.output.dense", "attention.dense"),
          shared("attention.output.LayerNorm", "attention.LayerNorm"),
          shared("intermediate.dense", "ffn"),
          shared("output.dense", "ffn_output"),
          shared("output.LayerNorm", "full_layer_layer_norm")),
      Map.of());

  private final Map<String, String> classes;
  private final String prefix;
  private final Pooler pooler;
  private final List<TensorRename> renames;
  private final Map<String, String> keys;

  /**
   * @param classes model_type of config.json → beginning of the class names in transformers
   * @param prefix of the encoder's tensors where a head stands beside it
   * @param pooler function of a text classifier's first matrix
   * @param renames BERT's names of tensors → this family's
   * @param keys BERT's keys in config.json → this family's
   */
  ModelFamily(
      Map<String, String> classes,
      String prefix,
      Pooler pooler,
      List<TensorRename> renames,
      Map<String, String> keys) {
    this.classes = classes;
    this.prefix = prefix;
    this.pooler = pooler;
    this.renames = renames;
    this.keys = keys;
  }

  private static TensorRename shared(String bert, String own) {
    return new TensorRename(
        "encoder.layer.#." + bert, "encoder.albert_layer_groups.0.albert_layers.0." + own);
  }

  /** The family of a model_type; empty if there is none. */
  static Optional<ModelFamily> of(String modelType) {
    return Arrays.stream(values()).filter(f -> f.classes.containsKey(modelType)).findFirst();
  }

  /** Every model_type that is computed. */
  static List<String> modelTypes() {
    return Arrays.stream(values()).flatMap(f -> f.classes.keySet().stream()).sorted().toList();
  }

  /** Name of a class of transformers, such as {@code ForTokenClassification} of this type. */
  String className(String modelType, String kind) {
    return classes.get(modelType) + kind;
  }

  String prefix() {
    return prefix;
  }

  Pooler pooler() {
    return pooler;
  }

  List<TensorRename> renames() {
    return renames;
  }

  /** What config.json calls BERT's key. */
  String key(String bert) {
    return keys.getOrDefault(bert, bert);
  }

  /** Whether the model knows no token types: all its tokens are of one. */
  boolean withoutTokenTypes() {
    return this == DISTILBERT || this == MPNET;
  }

  /** Whether position 0 of a text is the row behind that of the padding's id. */
  boolean positionsBehindPadding() {
    return this == ROBERTA || this == MPNET;
  }

  /** How scores become attention weights. */
  AttentionKind attention() {
    return this == MPNET ? AttentionKind.RELATIVE : AttentionKind.SOFTMAX;
  }

  /** Whether embeddings may be narrower than the layers. */
  boolean projectsEmbeddings() {
    return this == ELECTRA || this == ALBERT;
  }
}
