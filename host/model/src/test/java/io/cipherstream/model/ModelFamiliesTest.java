package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders of every family, as transformers saved them: tokens and outputs are those that
 * transformers itself computed in float64 ({@code families.py}), before and after packaging.
 */
class ModelFamiliesTest {

  private static final double ERROR_MAX = 1e-9;

  @TempDir private Path temporary;

  private static Path folder(String name) {
    return Path.of("src/test/resources/families", name);
  }

  /** A copy to be changed; each has a folder of its own. */
  private Path copy(String name) throws IOException {
    Path to = Files.createTempDirectory(temporary, name);
    try (var files = Files.list(folder(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "distilbert",
        "distilbert-words",
        "roberta",
        "xlm-roberta",
        "camembert-words",
        "electra",
        "albert",
        "mpnet",
        "bert-several"
      })
  void outputsAreThoseOfTransformers(String name) throws IOException {
    ImportedModel model = read(name);
    assertThat(model.encoder().shape().labels()).containsExactly("bad", "good", "fair");
    beforeAndAfter(name, model);
  }

  private static ImportedModel read(String name) {
    return ModelImporter.importFrom(folder(name), ImportOptions.named(name));
  }

  private void beforeAndAfter(String name, ImportedModel model) throws IOException {
    compare(name, model.encoder(), model.embeddings(), model.tokenizer());
    ModelPackage written =
        ModelPackage.write(
            name,
            model,
            Calibrator.calibrate(model, (step, done, total) -> {}),
            temporary.resolve(name + "-p"));
    ClientPackage client = written.client();
    compare(name, written.encoder(), client.embeddings(), client.tokenizer());
  }

  @Test
  void labelsThatDoNotExcludeEachOther() {
    assertThat(read("bert-several").encoder().shape().head()).isEqualTo(Head.LABELS);
  }

  /** Encoder, mean, a matrix with tanh, and length 1, as sentence-transformers computes them. */
  @Test
  void aMatrixBehindThePooledRow() throws IOException {
    ImportedModel model = read("sentences-dense");
    assertThat(model.encoder().shape().head()).isEqualTo(Head.EMBEDDING);
    assertThat(model.encoder().shape().outputs()).isEqualTo(12);
    assertThat(model.notes()).isEmpty();
    beforeAndAfter("sentences-dense", model);
  }

  /** One output and no names: a value, here a logit that the library would put through Sigmoid. */
  @Test
  void aCrossEncoderGivesAValue() throws IOException {
    ImportedModel model = read("cross-encoder");
    assertThat(model.encoder().shape().head()).isEqualTo(Head.VALUE);
    assertThat(model.notes()).anyMatch(n -> n.contains("Sigmoid"));
    beforeAndAfter("cross-encoder", model);
  }

  @Test
  void rowsOfAnEncoderArePooled() throws IOException {
    ImportedModel model =
        ModelImporter.importFrom(
            folder("distilbert-hidden"), ImportOptions.named("m").withPooling(Pooling.MEAN));
    PlaintextTransformer pass = new PlaintextTransformer(model.encoder(), model.embeddings());
    for (JsonNode expected : expected("distilbert-hidden")) {
      double[][] rows = matrix(expected.path("output"));
      double[] unit = PlaintextTransformer.unit(PlaintextTransformer.pool(rows, Pooling.MEAN));
      assertThat(pass.run(ints(expected.path("ids")))).containsExactly(unit, within(ERROR_MAX));
    }
  }

  /** The type of the model says it where the tokenizer's files do not, also of a bare vocab.txt. */
  @Test
  void bothTextsOfDistilBertAreOfOneType() throws IOException {
    Path folder = copy("distilbert");
    Files.delete(folder.resolve("tokenizer_config.json"));
    JsonNode json = HubFolder.JSON.readTree(folder.resolve("tokenizer.json").toFile());
    inOneType(folder);
    Path vocabulary = copy("distilbert");
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.delete(vocabulary.resolve(file));
    }
    String[] pieces = new String[json.path("model").path("vocab").size()];
    json.path("model")
        .path("vocab")
        .properties()
        .forEach(p -> pieces[p.getValue().asInt()] = p.getKey());
    Files.write(vocabulary.resolve("vocab.txt"), List.of(pieces));
    inOneType(vocabulary);
    for (String processor :
        List.of(
            "{\"type\":\"BertProcessing\",\"cls\":[\"[CLS]\",2],\"sep\":[\"[SEP]\",3]}",
            "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true}",
            "null")) {
      Path other = copy("distilbert");
      ObjectNode changed = (ObjectNode) json.deepCopy();
      changed.set("post_processor", HubFolder.JSON.readTree(processor));
      Files.writeString(other.resolve("tokenizer.json"), changed.toString());
      inOneType(other);
    }
  }

  private void inOneType(Path folder) throws IOException {
    ImportedModel model = ModelImporter.importFrom(folder, ImportOptions.named("m"));
    ModelPackage written =
        ModelPackage.write(
            "m",
            model,
            Calibrator.calibrate(model, (step, done, total) -> {}),
            Files.createTempDirectory(temporary, "package").resolve("m"));
    ClientPackage client = written.client();
    compare("distilbert", written.encoder(), client.embeddings(), client.tokenizer());
    assertThat(client.questions().encode(new Question.Pair("no", "hours")).tokens().segments())
        .containsOnly(0);
  }

  private static void compare(
      String name, EncoderWeights encoder, EmbeddingTable embeddings, BertTokenizer tokenizer)
      throws IOException {
    PlaintextTransformer pass = new PlaintextTransformer(encoder, embeddings);
    for (JsonNode expected : expected(name)) {
      TokenSequence tokens = tokens(tokenizer, expected.path("texts"));
      assertThat(tokens.ids())
          .as("%s", expected.path("texts"))
          .containsExactly(ints(expected.path("ids")));
      double[][] out = pass.runRows(tokens.ids(), tokens.segments());
      double[][] rows = matrix(expected.path("output"));
      assertThat(out).hasDimensions(rows.length, rows[0].length);
      for (int i = 0; i < rows.length; i++) {
        assertThat(out[i])
            .as("%s", expected.path("texts"))
            .containsExactly(rows[i], within(ERROR_MAX));
      }
    }
  }

  private static TokenSequence tokens(BertTokenizer tokenizer, JsonNode texts) {
    int[] first = tokenizer.pieces(texts.path(0).asText());
    return texts.size() == 1
        ? tokenizer.single(first)
        : tokenizer.pair(first, tokenizer.pieces(texts.path(1).asText()));
  }

  private static List<JsonNode> expected(String name) throws IOException {
    List<JsonNode> out = new ArrayList<>();
    HubFolder.JSON.readTree(folder(name).resolve("expected.json").toFile()).forEach(out::add);
    assertThat(out).hasSizeGreaterThan(2);
    return out;
  }

  private static int[] ints(JsonNode list) {
    return HubFolder.JSON.convertValue(list, int[].class);
  }

  /** A text's logits as one row, or a row a token. */
  private static double[][] matrix(JsonNode list) {
    return list.path(0).isArray()
        ? HubFolder.JSON.convertValue(list, double[][].class)
        : new double[][] {HubFolder.JSON.convertValue(list, double[].class)};
  }

  private static void refused(Path folder, ModelException.Kind kind, String message) {
    Expect.kind(kind, () -> ModelImporter.importFrom(folder, ImportOptions.named("m")))
        .hasMessageContaining(message);
  }

  private static void edit(Path folder, String file, String from, String to) throws IOException {
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(from);
    Files.writeString(folder.resolve(file), text.replace(from, to));
  }

  @Test
  void otherFamiliesAreNamedWithThoseThatAreTaken() throws IOException {
    Path folder = copy("roberta");
    edit(folder, "config.json", "\"roberta\"", "\"deberta-v2\"");
    refused(
        folder,
        ModelException.Kind.UNSUPPORTED,
        "model_type 'deberta-v2': expected one of [albert, bert, camembert, distilbert, electra,"
            + " mpnet, roberta, xlm-roberta]");
  }

  /** Weights under BERT's own names in a folder that says DistilBERT. */
  @Test
  void weightsOfAnotherFamilyNameTheTensorThatIsMissing() throws IOException {
    Path folder = copy("electra");
    edit(folder, "config.json", "\"electra\"", "\"distilbert\"");
    edit(folder, "config.json", "num_hidden_layers", "n_layers");
    edit(folder, "config.json", "num_attention_heads", "n_heads");
    edit(folder, "config.json", "Electra", "DistilBert");
    refused(folder, ModelException.Kind.TENSOR_MISSING, "embeddings.word_embeddings.weight");
    Path bare = copy("distilbert");
    edit(bare, "config.json", "\"n_layers\": 2", "\"n_layers\": 3");
    refused(bare, ModelException.Kind.TENSOR_MISSING, "transformer.layer.2.attention.q_lin.weight");
  }

  /** A bias by position is MPNet's: BERT's attention would leave it out. */
  @Test
  void relativePositionsAreNotLeftOut() throws IOException {
    Path folder = copy("mpnet");
    edit(folder, "config.json", "num_buckets\": 32", "num_buckets\": 64");
    refused(folder, ModelException.Kind.UNSUPPORTED, "relative_attention_num_buckets 64");
    Path bare = copy("mpnet");
    edit(bare, "model.safetensors.index.json", "encoder.relative_attention_bias", "encoder.other");
    Expect.kind(
        ModelException.Kind.TENSOR_MISSING,
        () -> ModelImporter.importFrom(bare, ImportOptions.named("m")));
    ImportedModel whole = read("mpnet");
    EmbeddingTable table = whole.embeddings();
    EmbeddingTable without =
        new EmbeddingTable(
            table.words(),
            table.positionTable(),
            table.tokenTypes(),
            table.norm(),
            table.epsilon());
    Expect.kind(ModelException.Kind.SHAPE, () -> new PlaintextTransformer(whole.encoder(), without))
        .hasMessageContaining("relative positions of 0 attention heads");
  }

  @Test
  void layersThatShareByGroupsAreRefused() throws IOException {
    Path folder = copy("albert");
    edit(folder, "config.json", "\"num_hidden_groups\": 1", "\"num_hidden_groups\": 2");
    refused(folder, ModelException.Kind.UNSUPPORTED, "num_hidden_groups 2");
    Path deep = copy("albert");
    edit(deep, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2000000000");
    refused(deep, ModelException.Kind.SHAPE, "layers 2000000000: expected 1 to 48");
  }

  @Test
  void sizesOfTheFamilysOwnKeysAreCompared() throws IOException {
    Path distil = copy("distilbert");
    edit(distil, "config.json", "\"hidden_dim\": 24", "\"hidden_dim\": 25");
    refused(distil, ModelException.Kind.SHAPE, "hidden_dim 25, the weights 24");
    Path electra = copy("electra");
    edit(electra, "config.json", "\"embedding_size\": 12", "\"embedding_size\": 16");
    refused(electra, ModelException.Kind.SHAPE, "embedding_size 16, the weights 12");
    Path roberta = copy("roberta");
    edit(roberta, "config.json", "\"pad_token_id\": 1", "\"pad_token_id\": 40");
    refused(roberta, ModelException.Kind.SHAPE, "a position table of 42 rows");
  }

  @Test
  void anIndexAndItsShardsAgree() throws IOException {
    Path missing = copy("roberta");
    Files.delete(missing.resolve("model-00002-of-00002.safetensors"));
    refused(missing, ModelException.Kind.NOT_FOUND, "model-00002-of-00002.safetensors");
    Path wrong = copy("roberta");
    edit(
        wrong,
        "model.safetensors.index.json",
        "\"classifier.dense.bias\": \"model-00002",
        "\"classifier.dense.bias\": \"model-00001");
    refused(wrong, ModelException.Kind.TENSOR_MISSING, "'classifier.dense.bias' is in model-00001");
    edit(wrong, "model.safetensors.index.json", "model-00002-of", "../model-00002-of");
    refused(wrong, ModelException.Kind.MALFORMED, "expected a file beside it");
    Files.writeString(wrong.resolve("model.safetensors.index.json"), "{}");
    refused(wrong, ModelException.Kind.MALFORMED, "0 files in weight_map");
  }
}
