package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A Hugging Face folder of a small random model with a tokenizer.json, to be changed by tests. */
final class HubFolder {

  static final JsonMapper JSON = new JsonMapper();

  /** The words of the vocabulary, after the special tokens, and as continuing pieces. */
  static final List<String> WORDS =
      List.of("the", "film", "is", "bad", "one", "two", "_", ".", "he", "met", "Hello", "world");

  final Path path;
  final RandomModel model;

  private HubFolder(Path path, RandomModel model) {
    this.path = path;
    this.model = model;
  }

  /** An encoder without a head, as sentence-transformers has it but without its files. */
  static HubFolder encoder(Path path) throws IOException {
    return write(path, Pooling.MEAN, List.of(), Pooler.NONE, "BertModel");
  }

  /** A classifier of three labels. */
  static HubFolder classifier(Path path) throws IOException {
    return write(
        path, Pooling.CLS, List.of("a", "b", "c"), Pooler.TANH, "BertForSequenceClassification");
  }

  private static HubFolder write(
      Path path, Pooling pooling, List<String> labels, Pooler pooler, String architecture)
      throws IOException {
    ModelShape shape =
        new ModelShape(
            1,
            8,
            2,
            12,
            24,
            RandomModel.VOCABULARY,
            Activation.GELU,
            AttentionKind.SOFTMAX,
            NormKind.FULL,
            pooling,
            labels,
            0,
            pooler,
            1e-12);
    HubFolder folder = new HubFolder(path, new RandomModel(shape, 11));
    folder.model.writeFolder(path, true);
    Files.delete(path.resolve("vocab.txt"));
    folder.edit(
        "config.json",
        c -> {
          c.putArray("architectures").add(architecture);
          c.put("hidden_size", 8).put("intermediate_size", 12);
          c.put("vocab_size", RandomModel.VOCABULARY);
          c.put("max_position_embeddings", 24).put("type_vocab_size", 2);
          if (labels.isEmpty()) {
            c.remove("id2label");
          }
        });
    Files.writeString(path.resolve("tokenizer.json"), tokenizer().toString());
    return folder;
  }

  /** Change of a JSON object. */
  interface Change {
    void apply(ObjectNode json) throws IOException;
  }

  /** Changes a JSON file, or makes it. */
  HubFolder edit(String file, Change change) throws IOException {
    Path at = path.resolve(file);
    Files.createDirectories(at.getParent());
    ObjectNode json =
        Files.exists(at) ? (ObjectNode) JSON.readTree(at.toFile()) : JSON.createObjectNode();
    change.apply(json);
    Files.writeString(at, json.toString());
    return this;
  }

  HubFolder write(String file, String text) throws IOException {
    Path at = path.resolve(file);
    Files.createDirectories(at.getParent());
    Files.writeString(at, text);
    return this;
  }

  /** modules.json of modules in folders named by number and kind, the encoder at the top. */
  HubFolder modules(String... kinds) throws IOException {
    ArrayNode list = JSON.createArrayNode();
    for (int i = 0; i < kinds.length; i++) {
      list.addObject()
          .put("idx", i)
          .put("name", "" + i)
          .put("path", i == 0 ? "" : i + "_" + kinds[i])
          .put("type", "sentence_transformers.models." + kinds[i]);
    }
    return write("modules.json", list.toString());
  }

  HubFolder saveTensors() throws IOException {
    Files.write(path.resolve("model.safetensors"), model.safetensors(true, Map.of("format", "pt")));
    return this;
  }

  ImportedModel read() {
    return ModelImporter.importFrom(path, ImportOptions.named("hub"));
  }

  ImportedModel read(ImportOptions options) {
    return ModelImporter.importFrom(path, options);
  }

  /** The pieces' ids in the vocabulary. */
  static int[] ids(String... pieces) {
    JsonNode vocab = tokenizer().path("model").path("vocab");
    int[] out = new int[pieces.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = vocab.path(pieces[i]).intValue();
    }
    return out;
  }

  static ObjectNode tokenizer() {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    ObjectNode model = JSON.createObjectNode();
    model.put("type", "WordPiece").put("unk_token", "[UNK]");
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
    ObjectNode vocab = model.putObject("vocab");
    for (String special : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
      added.add(token(vocab.size(), special, true));
      vocab.put(special, vocab.size());
    }
    WORDS.forEach(word -> vocab.put(word, vocab.size()));
    WORDS.forEach(word -> vocab.put("##" + word, vocab.size()));
    ObjectNode normalizer = root.putObject("normalizer");
    normalizer.put("type", "BertNormalizer").put("clean_text", true);
    normalizer.put("handle_chinese_chars", true).putNull("strip_accents").put("lowercase", true);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    ObjectNode after = root.putObject("post_processor");
    after.put("type", "BertProcessing");
    after.putArray("sep").add("[SEP]").add(3);
    after.putArray("cls").add("[CLS]").add(2);
    root.putNull("decoder");
    root.set("model", model);
    return root;
  }

  static ObjectNode token(int id, String text, boolean special) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("content", text)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", !special)
        .put("special", special);
  }
}
