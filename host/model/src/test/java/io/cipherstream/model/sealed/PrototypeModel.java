package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.model.TensorData;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of the training prototype beside the repository, which writes other names than a package:
 * windows as [offset][in][out], constants in a JSON file.
 */
record PrototypeModel(SealedEncoder encoder, EmbeddingTable embeddings, BertTokenizer tokenizer) {

  /** A sentence of the SST-2 development set and its label. */
  record Row(String text, int label) {}

  /** Reads a model; the calling test is skipped when the prototypes are absent. */
  static PrototypeModel read(String name) throws IOException {
    JsonNode constants =
        new ObjectMapper().readTree(file("prototypes/sealed", name + ".json").toFile());
    try (SafetensorsFile tensors =
        SafetensorsFile.open(file("prototypes/sealed", name + ".safetensors"))) {
      return new Reader(tensors, constants).model();
    }
  }

  static List<Row> devRows() throws IOException {
    List<String> lines = Files.readAllLines(file("models", "sst2-dev.tsv"));
    List<Row> out = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      int tab = line.lastIndexOf('\t');
      out.add(new Row(line.substring(0, tab), Integer.parseInt(line.substring(tab + 1).trim())));
    }
    return out;
  }

  static Path file(String folder, String name) {
    Path at = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    Path found = null;
    for (; at != null && found == null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve(folder).resolve(name);
      found = Files.exists(candidate) ? candidate : null;
    }
    assumeThat(found).as("shared/%s/%s is beside the repository", folder, name).isNotNull();
    return found;
  }

  private record Reader(SafetensorsFile tensors, JsonNode constants) {

    PrototypeModel model() throws IOException {
      DenseLayer classifier = dense("classifier");
      int width = classifier.inputs();
      SealedSpec spec = SealedSpec.parse(constants.get("spec").asText());
      EmbeddingTable embeddings =
          new EmbeddingTable(
              tensors.read("bert.embeddings.word_embeddings.weight").table(),
              tensors.read("bert.embeddings.position_embeddings.weight").table(),
              tensors.read("bert.embeddings.token_type_embeddings.weight").table(),
              norm("bert.embeddings.LayerNorm"),
              1e-12);
      ModelShape shape =
          new ModelShape(
              2,
              width,
              constants.get("A").asInt(),
              constants.get("FF").asInt(),
              embeddings.positions(),
              embeddings.vocabulary(),
              Activation.QUADRATIC,
              AttentionKind.POWER,
              NormKind.AFFINE,
              Pooling.CLS,
              List.of("negative", "positive"),
              0,
              Pooler.NONE,
              1e-12);
      List<SealedLayer> layers = List.of(layer(0, spec.first()), layer(1, spec.second()));
      return new PrototypeModel(
          new SealedEncoder(shape, spec, layers, classifier),
          embeddings,
          new BertTokenizer(
              WordPieces.parse(Files.readAllBytes(file("models", "vocab.txt"))),
              TokenizerOptions.UNCASED,
              embeddings.positions()));
    }

    private SealedLayer layer(int i, LayerLetter letter) {
      String at = "bert.encoder.layer." + i + ".";
      Mixing mixing =
          letter == LayerLetter.C
              ? window(at)
              : letter.pools()
                  ? new PooledAttention(
                      dense(at + "sealed.score"),
                      dense(at + "attention.self.value"),
                      dense(at + "attention.output.dense"))
                  : new SelfAttention(
                      dense(at + "attention.self.query"),
                      dense(at + "attention.self.key"),
                      dense(at + "attention.self.value"),
                      dense(at + "attention.output.dense"),
                      floats(constants.get("layers").get(i).get("a")),
                      floats(constants.get("layers").get(i).get("b")));
      FeedForward network =
          letter == LayerLetter.Q
              ? null
              : new FeedForward(
                  dense(at + "intermediate.dense"),
                  new NeuronQuadratics(
                      tensors.read(at + "sealed.act.a").floats(),
                      tensors.read(at + "sealed.act.b").floats(),
                      constants.get("layers").get(i).get("act_c").floatValue()),
                  dense(at + "output.dense"),
                  norm(at + "output.LayerNorm"));
      return new SealedLayer(mixing, norm(at + "attention.output.LayerNorm"), network);
    }

    private WindowMixing window(String at) {
      TensorData weight = tensors.read(at + "sealed.conv.weight").expectDimensions(3);
      int width = weight.shape()[1];
      float[] all = weight.floats();
      float[] bias = tensors.read(at + "sealed.conv.bias").floats();
      List<DenseLayer> maps = new ArrayList<>();
      for (int o = 0; o <= WindowMixing.OFFSETS; o++) {
        float[] turned = new float[width * width];
        for (int in = 0; in < width; in++) {
          for (int out = 0; out < width; out++) {
            turned[out * width + in] = all[(o * width + in) * width + out];
          }
        }
        boolean mean = o == WindowMixing.OFFSETS;
        maps.add(new DenseLayer(width, width, turned, mean ? bias : new float[width]));
      }
      return new WindowMixing(
          maps.subList(0, WindowMixing.OFFSETS), maps.get(WindowMixing.OFFSETS));
    }

    private DenseLayer dense(String name) {
      TensorData weight = tensors.read(name + ".weight").expectDimensions(2);
      return new DenseLayer(
          weight.shape()[0],
          weight.shape()[1],
          weight.floats(),
          tensors.read(name + ".bias").floats());
    }

    private NormLayer norm(String name) {
      return new NormLayer(
          tensors.read(name + ".weight").floats(), tensors.read(name + ".bias").floats());
    }

    private static float[] floats(JsonNode array) {
      float[] out = new float[array.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = array.get(i).floatValue();
      }
      return out;
    }
  }
}
