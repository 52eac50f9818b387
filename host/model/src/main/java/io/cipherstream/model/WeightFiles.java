package io.cipherstream.model;

import java.nio.file.Path;

/** The two weight files of a model package, with Hugging Face BERT names. */
final class WeightFiles {

  private WeightFiles() {}

  static void writeEncoder(EncoderWeights weights, Path file) {
    ModelShape shape = weights.shape();
    SafetensorsWriter out =
        new SafetensorsWriter()
            .metadata("layers", Integer.toString(shape.layers()))
            .metadata("hidden", Integer.toString(shape.width()))
            .metadata("heads", Integer.toString(shape.heads()))
            .metadata("intermediate", Integer.toString(shape.ffnWidth()))
            .metadata("activation", shape.activation().text())
            .metadata("attention", shape.attention().text())
            .metadata("norm", shape.norm().text())
            .metadata("pool", shape.pooling().text())
            .metadata("head", shape.head().text())
            .metadata("labels", String.join(",", shape.labels()))
            .metadata("layer_norm_eps", Double.toString(shape.layerNormEpsilon()));
    for (int i = 0; i < shape.layers(); i++) {
      writeLayer(out, i, weights.layers().get(i));
    }
    if (weights.pooler() != null) {
      out.add("bert.pooler.dense", weights.pooler());
    }
    if (weights.classifier() != null) {
      out.add("classifier", weights.classifier());
    }
    out.write(file);
  }

  private static void writeLayer(SafetensorsWriter out, int i, LayerWeights layer) {
    String at = "bert.encoder.layer." + i + ".";
    out.add(at + "attention.self.query", layer.query());
    out.add(at + "attention.self.key", layer.key());
    out.add(at + "attention.self.value", layer.value());
    out.add(at + "attention.output.dense", layer.attentionOutput());
    out.add(at + "attention.output.LayerNorm", layer.attentionNorm());
    out.add(at + "intermediate.dense", layer.intermediate());
    out.add(at + "output.dense", layer.output());
    out.add(at + "output.LayerNorm", layer.outputNorm());
    HingeNetwork t = layer.normalizer();
    if (t != null) {
      String name = "thex.layer." + i + ".T.";
      out.add(name + "knots", j -> t.knots()[j], t.hinges());
      out.add(name + "coefficients", j -> t.coefficients()[j], t.hinges());
      out.add(name + "bias", j -> t.bias(), 1);
    }
    PowerAttention power = layer.power();
    if (power != null) {
      String name = "thex.layer." + i + ".power.";
      out.add(name + "scale", j -> power.scale(), 1);
      out.add(name + "offset", j -> power.offset(), 1);
    }
  }

  static void writeEmbeddings(EmbeddingTable table, Path file) {
    String at = "bert.embeddings.";
    SafetensorsWriter out =
        new SafetensorsWriter()
            .add(at + "word_embeddings.weight", table.words())
            .add(at + "position_embeddings.weight", table.positionTable())
            .add(at + "token_type_embeddings.weight", table.tokenTypes())
            .add(at + "LayerNorm", table.norm());
    if (table.projection() != null) {
      out.add(at + BertAssembler.PROJECTION, table.projection());
    }
    PositionBias bias = table.positionBias();
    if (bias != null) {
      out.add("bert." + BertAssembler.POSITION_BIAS, bias.table());
    }
    out.write(file);
  }

  /**
   * @throws ModelException of kind SHAPE if the file does not fit the manifest's shape
   */
  static EncoderWeights readEncoder(Path file, ModelShape shape) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      EncoderWeights weights =
          new BertAssembler(tensors, configuration(shape))
              .encoder(shape.positions(), shape.vocabulary());
      if (!weights.shape().equals(shape)) {
        throw mismatch(file, shape + ", but the weights give " + weights.shape());
      }
      return weights;
    }
  }

  /**
   * @throws ModelException of kind SHAPE if the file does not fit the manifest's shape
   */
  static EmbeddingTable readEmbeddings(Path file, ModelShape shape) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      EmbeddingTable table = new BertAssembler(tensors, configuration(shape)).embeddings();
      table.checkFits(shape);
      if (table.positions() != shape.positions() || table.vocabulary() != shape.vocabulary()) {
        throw mismatch(file, shape.toString());
      }
      return table;
    }
  }

  private static BertConfiguration configuration(ModelShape shape) {
    return new BertConfiguration(
        shape.layers(),
        shape.heads(),
        shape.activation(),
        shape.attention(),
        shape.norm(),
        shape.pooling(),
        shape.head(),
        shape.labels(),
        shape.pooler().exists() ? shape.pooler() : Pooler.TANH,
        shape.layerNormEpsilon(),
        shape.dense());
  }

  private static ModelException mismatch(Path file, String expected) {
    return new ModelException(
        ModelException.Kind.SHAPE,
        file.getFileName() + " does not fit the manifest: expected " + expected);
  }
}
