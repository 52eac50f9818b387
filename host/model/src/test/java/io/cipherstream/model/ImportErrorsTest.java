package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every bad model file has its own kind of error, and a message that says what is wrong. */
class ImportErrorsTest {

  @TempDir private Path folder;
  private RandomModel model;

  @BeforeEach
  void smallModel() {
    model = new RandomModel(smallShape(), 7);
  }

  static ModelShape smallShape() {
    return new ModelShape(
        2,
        12,
        3,
        10,
        20,
        RandomModel.VOCABULARY,
        Activation.RELU,
        AttentionKind.THEX,
        NormKind.AFFINE,
        Pooling.CLS,
        List.of("no", "yes"),
        4,
        Pooler.NONE,
        1e-12);
  }

  @Test
  void missingTensorIsNamed() throws IOException {
    model.tensors.remove("bert.encoder.layer.1.output.dense.bias");
    expect(ModelException.Kind.TENSOR_MISSING, "bert.encoder.layer.1.output.dense.bias");
  }

  @Test
  void missingHingesAreNamed() throws IOException {
    model.tensors.remove("thex.layer.1.T.knots");
    expect(ModelException.Kind.TENSOR_MISSING, "thex.layer.1.T.knots");
  }

  @Test
  void missingClassifierIsNamed() throws IOException {
    model.tensors.remove("classifier.weight");
    expect(ModelException.Kind.TENSOR_MISSING, "classifier.weight");
  }

  @Test
  void wrongShapeSaysBoth() throws IOException {
    model.shapes.put("bert.encoder.layer.0.attention.self.key.weight", new int[] {6, 24});
    expect(ModelException.Kind.SHAPE, "[6, 24]: expected [12, 12]");
  }

  @Test
  void notANumberIsNamed() throws IOException {
    model.get("bert.encoder.layer.1.intermediate.dense.weight")[17] = Double.NaN;
    expect(ModelException.Kind.VALUE, "holds NaN at index 17");
  }

  @Test
  void infiniteEmbeddingIsNamed() throws IOException {
    model.get("bert.embeddings.word_embeddings.weight")[3] = Double.NEGATIVE_INFINITY;
    expect(ModelException.Kind.VALUE, "word_embeddings.weight' holds -Infinity at index 3");
  }

  @Test
  void zeroKnotIsRefused() throws IOException {
    model.get("thex.layer.0.T.knots")[2] = 0;
    expect(ModelException.Kind.VALUE, "hinge 2 has knot 0.0");
  }

  @Test
  void headsThatDoNotDivideTheWidth() throws IOException {
    Map<String, String> metadata = model.metadata();
    metadata.put("heads", "5");
    expect(metadata, ModelException.Kind.SHAPE, "width 12 is not divisible by 5 heads");
  }

  @Test
  void moreLayersThanWeights() throws IOException {
    Map<String, String> metadata = model.metadata();
    metadata.put("layers", "3");
    expect(metadata, ModelException.Kind.TENSOR_MISSING, "layer.2.");
  }

  @Test
  void fewerLayersThanWeights() throws IOException {
    Map<String, String> metadata = model.metadata();
    metadata.put("layers", "1");
    expect(metadata, ModelException.Kind.SHAPE, "1 layers, but there are weights of layer 1");
  }

  @Test
  void absurdLayerCount() throws IOException {
    Map<String, String> metadata = model.metadata();
    metadata.put("layers", "2000000000");
    metadata.put("attention", "softmax");
    expect(metadata, ModelException.Kind.SHAPE, "layers 2000000000: expected 1 to 48");
  }

  @Test
  void metadataThatIsMissingOrWrong() throws IOException {
    Map<String, String> metadata = model.metadata();
    metadata.remove("pool");
    expect(metadata, ModelException.Kind.MALFORMED, "no 'pool'");
    metadata = model.metadata();
    metadata.put("heads", "three");
    expect(metadata, ModelException.Kind.MALFORMED, "heads 'three' is not an integer");
    metadata = model.metadata();
    metadata.put("activation", "swish");
    expect(metadata, ModelException.Kind.UNSUPPORTED, "[gelu, gelu_tanh, relu, quadratic]");
    metadata = model.metadata();
    metadata.put("labels", "yes,yes");
    expect(metadata, ModelException.Kind.SHAPE, "distinct");
  }

  @Test
  void truncatedFile() throws IOException {
    Path file = model.writeFile(folder);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    expect(file, ModelException.Kind.TRUNCATED, "ends at byte");
    Files.write(file, Arrays.copyOf(bytes, 100));
    expect(file, ModelException.Kind.TRUNCATED, "has 100 bytes");
  }

  @Test
  void fileOfAnotherKind() throws IOException {
    Path file = folder.resolve("model.bin");
    Files.writeString(file, "This is not a model at all.");
    expect(file, ModelException.Kind.MALFORMED, "neither safetensors nor ONNX");
    Files.write(file, new byte[0]);
    expect(file, ModelException.Kind.MALFORMED, "neither safetensors nor ONNX");
    expect(folder.resolve("absent"), ModelException.Kind.NOT_FOUND, "check the path");
  }

  @Test
  void noTokenizerBesideTheModel() throws IOException {
    Path file = model.writeFile(folder);
    Files.delete(folder.resolve("vocab.txt"));
    expect(file, ModelException.Kind.TOKENIZER, "--tokenizer or --vocab");
  }

  @Test
  void tokenizerOfAnotherModel() throws IOException {
    Path file = model.writeFile(folder);
    List<String> words = new ArrayList<>(RandomModel.vocabulary());
    words.add("one-too-many");
    Files.write(folder.resolve("vocab.txt"), words);
    expect(file, ModelException.Kind.TOKENIZER, "41 word pieces for an embedding table of 40");
  }

  @Test
  void folderOfAnotherArchitecture() throws IOException {
    Path path = model.writeFolder(folder.resolve("hf"), true);
    Files.writeString(path.resolve("config.json"), "{\"model_type\":\"deberta\"}");
    expect(path, ModelException.Kind.UNSUPPORTED, "'deberta'");
    Files.writeString(
        path.resolve("config.json"),
        "{\"model_type\":\"bert\",\"position_embedding_type\":\"relative_key\"}");
    expect(path, ModelException.Kind.UNSUPPORTED, "relative_key");
    Files.writeString(path.resolve("config.json"), "{\"num_hidden_layers\":\"two\"}");
    expect(path, ModelException.Kind.MALFORMED, "num_hidden_layers");
    Files.writeString(path.resolve("config.json"), "{");
    expect(path, ModelException.Kind.MALFORMED, "config.json is not JSON");
    Files.delete(path.resolve("config.json"));
    expect(path, ModelException.Kind.NOT_FOUND, "config.json");
  }

  @Test
  void pickledWeightsSayWhatToDo() throws IOException {
    Path path = model.writeFolder(folder.resolve("hf"), true);
    Files.delete(path.resolve("model.safetensors"));
    Files.writeString(path.resolve("pytorch_model.bin"), "pickle");
    expect(path, ModelException.Kind.UNSUPPORTED, "safe_serialization=True");
  }

  @Test
  void emptyTensorMayStandAnywhere() throws IOException {
    byte[] header =
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(SafetensorsHeader.parse(header, 8).entries()).containsOnlyKeys("a", "empty");
  }

  @Test
  void oldNamesOfNormParametersAreUnderstood() throws IOException {
    Path file = model.writeFile(folder);
    EncoderWeights expected = ModelImporter.importFrom(file, ImportOptions.named("new")).encoder();
    for (String name : List.copyOf(model.tensors.keySet())) {
      if (name.contains("LayerNorm")) {
        String old = name.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta");
        model.tensors.put(old, model.tensors.remove(name));
        model.shapes.put(old, model.shapes.remove(name));
      }
    }
    file = model.writeFile(folder);
    EncoderWeights actual = ModelImporter.importFrom(file, ImportOptions.named("old")).encoder();
    assertThat(actual.layers().get(1).outputNorm().gamma())
        .isEqualTo(expected.layers().get(1).outputNorm().gamma());
    assertThat(actual.layers().get(1).outputNorm().beta())
        .isEqualTo(expected.layers().get(1).outputNorm().beta());
  }

  @Test
  void exactReciprocalOfAnEmptyRowIsZero() {
    assertThat(new HingeNetwork(new double[] {2, 4}, new double[] {1, 0.5}, 0.25).evaluate(1))
        .isEqualTo(0.25 + 0.5 + 0.375);
    double[] row = {-2, -7};
    LayerWeights weights =
        new LayerWeights(
            dense(),
            dense(),
            dense(),
            dense(),
            norm(),
            dense(),
            dense(),
            norm(),
            new HingeNetwork(new double[] {1}, new double[] {1}, 0),
            null);
    AttentionKernel.of(AttentionKind.THEX, weights, PlaintextTransformer.Reciprocal.EXACT)
        .apply(row);
    assertThat(row).containsExactly(0, 0);
  }

  private static DenseLayer dense() {
    return new DenseLayer(1, 1, new float[] {1}, new float[] {0});
  }

  private static NormLayer norm() {
    return new NormLayer(new float[] {1}, new float[] {0});
  }

  private void expect(ModelException.Kind kind, String message) throws IOException {
    expect(model.writeFile(folder), kind, message);
  }

  private void expect(Map<String, String> metadata, ModelException.Kind kind, String message)
      throws IOException {
    Path file = model.writeFile(folder);
    Files.write(file, model.safetensors(true, metadata));
    expect(file, kind, message);
  }

  private static void expect(Path path, ModelException.Kind kind, String message) {
    Expect.kind(kind, () -> ModelImporter.importFrom(path, ImportOptions.named("bad")))
        .hasMessageContaining(message);
  }
}
