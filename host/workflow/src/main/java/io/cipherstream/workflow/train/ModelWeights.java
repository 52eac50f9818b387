package io.cipherstream.workflow.train;

import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.HingeNetwork;
import io.cipherstream.model.LayerWeights;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.PowerAttention;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Conversion between the two halves of a model and trainable parameters. */
public final class ModelWeights {

  private ModelWeights() {}

  /**
   * Parameters from a model. A classifier with as many outputs is kept; otherwise it is drawn, N(0,
   * 0.02²). A pooler is left out.
   *
   * @param architecture its vocabulary is the map's size, its outputs are the values per row
   * @param seed of the classifier
   */
  public static Parameters read(
      EncoderWeights encoder,
      EmbeddingTable embeddings,
      VocabularyMap vocabulary,
      Architecture architecture,
      long seed) {
    Map<String, Tensor> out = new LinkedHashMap<>(tables(embeddings, vocabulary));
    HingeNetwork normalizer = null;
    for (int i = 0; i < architecture.layers(); i++) {
      LayerWeights layer = encoder.layers().get(i);
      String at = Parameters.layer(i);
      dense(out, at + "attention.self.query", layer.query());
      dense(out, at + "attention.self.key", layer.key());
      dense(out, at + "attention.self.value", layer.value());
      dense(out, at + "attention.output.dense", layer.attentionOutput());
      norm(out, at + "attention.output.LayerNorm", layer.attentionNorm());
      dense(out, at + "intermediate.dense", layer.intermediate());
      dense(out, at + "output.dense", layer.output());
      norm(out, at + "output.LayerNorm", layer.outputNorm());
      power(out, i, layer.power());
      normalizer = layer.normalizer() == null ? normalizer : layer.normalizer();
    }
    DenseLayer classifier = encoder.classifier();
    if (classifier != null && classifier.outputs() == architecture.outputs()) {
      dense(out, Parameters.CLASSIFIER, classifier);
    } else {
      torch.manual_seed(seed);
      int width = architecture.width();
      out.put(
          Parameters.CLASSIFIER + ".weight",
          Torch.scaled(torch.randn(architecture.outputs(), width), 0.02));
      out.put(
          Parameters.CLASSIFIER + ".bias",
          Torch.floats(new float[architecture.outputs()], architecture.outputs()));
    }
    Parameters parameters = new Parameters(architecture, out);
    parameters.setNormalizer(normalizer);
    return parameters;
  }

  private static Map<String, Tensor> tables(EmbeddingTable embeddings, VocabularyMap vocabulary) {
    Map<String, Tensor> out = new LinkedHashMap<>();
    out.put(Parameters.WORDS, Torch.rows(embeddings.words(), vocabulary.used()));
    out.put(Parameters.POSITIONS, table(embeddings.positionTable()));
    out.put(Parameters.SEGMENTS, table(embeddings.tokenTypes()));
    norm(out, Parameters.EMBEDDING_NORM, embeddings.norm());
    return out;
  }

  private static void power(Map<String, Tensor> out, int i, @Nullable PowerAttention power) {
    if (power != null) {
      out.put(Parameters.power(i) + "scale", one(power.scale()));
      out.put(Parameters.power(i) + "offset", one(power.offset()));
    }
  }

  /** Adds a power attention to every layer, to be set by {@link PowerRegression} or read. */
  public static void addPower(Parameters parameters) {
    for (int i = 0; i < parameters.architecture().layers(); i++) {
      power(parameters, i, 0, 1);
    }
  }

  /** Sets a layer's power attention, (scale·score + offset)² / n. */
  static void power(Parameters parameters, int layer, double scale, double offset) {
    parameters.put(Parameters.power(layer) + "scale", one(scale));
    parameters.put(Parameters.power(layer) + "offset", one(offset));
  }

  private static Tensor one(double value) {
    return Torch.floats(new float[] {(float) value}, 1);
  }

  private static Tensor table(FloatTable table) {
    return Torch.floats(table.toArray(), table.rows(), table.columns());
  }

  private static void dense(Map<String, Tensor> out, String at, DenseLayer layer) {
    out.put(at + ".weight", Torch.floats(layer.weight(), layer.outputs(), layer.inputs()));
    out.put(at + ".bias", Torch.floats(layer.bias(), layer.outputs()));
  }

  private static void norm(Map<String, Tensor> out, String at, NormLayer norm) {
    out.put(at + ".weight", Torch.floats(norm.gamma(), norm.width()));
    out.put(at + ".bias", Torch.floats(norm.beta(), norm.width()));
  }

  /**
   * The client's half, rounded to binary16.
   *
   * @param words the table that rows without examples are taken from
   */
  public static EmbeddingTable embeddings(
      Parameters parameters, FloatTable words, VocabularyMap vocabulary) {
    int width = words.columns();
    float[] all = words.toArray();
    float[] trained = Torch.array(parameters.get(Parameters.WORDS));
    int[] used = vocabulary.used();
    for (int r = 0; r < used.length; r++) {
      System.arraycopy(trained, r * width, all, used[r] * width, width);
    }
    return new EmbeddingTable(
        FloatTable.rounded(words.rows(), width, all),
        rounded(parameters, Parameters.POSITIONS),
        rounded(parameters, Parameters.SEGMENTS),
        norm(parameters, Parameters.EMBEDDING_NORM),
        parameters.architecture().epsilon());
  }

  private static FloatTable rounded(Parameters parameters, String name) {
    Tensor tensor = parameters.get(name);
    return FloatTable.rounded((int) tensor.size(0), (int) tensor.size(1), Torch.array(tensor));
  }

  private static float[] half(Tensor tensor) {
    float[] values = Torch.array(tensor);
    return FloatTable.rounded(1, values.length, values).toArray();
  }

  /**
   * The appliance's half, rounded to binary16 except T and the power attention.
   *
   * @throws io.cipherstream.model.ModelException of kind SHAPE if the shape does not fit
   */
  public static EncoderWeights encoder(Parameters parameters, ModelShape shape) {
    List<LayerWeights> layers = new ArrayList<>();
    for (int i = 0; i < shape.layers(); i++) {
      String at = Parameters.layer(i);
      layers.add(
          new LayerWeights(
              dense(parameters, at + "attention.self.query"),
              dense(parameters, at + "attention.self.key"),
              dense(parameters, at + "attention.self.value"),
              dense(parameters, at + "attention.output.dense"),
              norm(parameters, at + "attention.output.LayerNorm"),
              dense(parameters, at + "intermediate.dense"),
              dense(parameters, at + "output.dense"),
              norm(parameters, at + "output.LayerNorm"),
              shape.attention() == AttentionKind.THEX
                  ? Objects.requireNonNull(parameters.normalizer())
                  : null,
              shape.attention() == AttentionKind.POWER ? power(parameters, i) : null));
    }
    return new EncoderWeights(
        shape, layers, shape.head().embeds() ? null : dense(parameters, Parameters.CLASSIFIER));
  }

  private static PowerAttention power(Parameters parameters, int i) {
    return new PowerAttention(
        Torch.array(parameters.get(Parameters.power(i) + "scale"))[0],
        Torch.array(parameters.get(Parameters.power(i) + "offset"))[0]);
  }

  private static DenseLayer dense(Parameters parameters, String at) {
    Tensor weight = parameters.get(at + ".weight");
    return new DenseLayer(
        (int) weight.size(0),
        (int) weight.size(1),
        half(weight),
        half(parameters.get(at + ".bias")));
  }

  private static NormLayer norm(Parameters parameters, String at) {
    return new NormLayer(half(parameters.get(at + ".weight")), half(parameters.get(at + ".bias")));
  }
}
