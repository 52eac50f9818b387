package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a BERT tokenizer from {@code vocab.txt} or Hugging Face's {@code tokenizer.json}. */
final class TokenizerReader {

  private TokenizerReader() {}

  /** From vocab.txt, with the options of a tokenizer_config.json or those of an uncased model. */
  static BertTokenizer fromVocabulary(Path vocab, @Nullable JsonNode config, int tokensMax) {
    WordPieces pieces = WordPieces.parse(ModelFiles.read(vocab, WordPieces.FILE_BYTES_MAX));
    return new BertTokenizer(pieces, options(config), tokensMax);
  }

  /**
   * From tokenizer.json; its padding and truncation are ignored.
   *
   * @throws ModelException of kind TOKENIZER if it is no BERT word-piece tokenizer
   */
  static BertTokenizer fromJson(Path file, int tokensMax) {
    JsonNode root = ModelFiles.json(file, WordPieces.FILE_BYTES_MAX);
    JsonNode model = root.path("model");
    String type = model.path("type").asText("WordPiece");
    String normalizer = root.path("normalizer").path("type").asText("BertNormalizer");
    if (!type.equals("WordPiece") || !normalizer.equals("BertNormalizer")) {
      throw bad("model " + type + " with normalizer " + normalizer);
    }
    if (!model.path("continuing_subword_prefix").asText("##").equals("##")
        || !model.path("unk_token").asText(WordPieces.UNKNOWN).equals(WordPieces.UNKNOWN)) {
      throw bad("another continuation prefix than ## or another unknown token than [UNK]");
    }
    JsonNode normal = root.path("normalizer");
    boolean lower = normal.path("lowercase").asBoolean(true);
    return new BertTokenizer(
        new WordPieces(vocabulary(model.path("vocab"))),
        new TokenizerOptions(
            lower,
            normal.path("strip_accents").asBoolean(lower),
            normal.path("handle_chinese_chars").asBoolean(true)),
        tokensMax);
  }

  private static List<String> vocabulary(JsonNode vocab) {
    @Nullable String[] pieces = new @Nullable String[vocab.size()];
    for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
      int id = entry.getValue().asInt(-1);
      if (id < 0 || id >= pieces.length || pieces[id] != null) {
        throw bad("word piece '" + entry.getKey() + "' with id " + entry.getValue());
      }
      pieces[id] = entry.getKey();
    }
    List<String> out = new ArrayList<>(pieces.length);
    for (String piece : pieces) {
      out.add(piece == null ? "" : piece);
    }
    return out;
  }

  private static TokenizerOptions options(@Nullable JsonNode config) {
    if (config == null) {
      return TokenizerOptions.UNCASED;
    }
    boolean lower = config.path("do_lower_case").asBoolean(true);
    JsonNode accents = config.path("strip_accents");
    return new TokenizerOptions(
        lower,
        accents.isBoolean() ? accents.booleanValue() : lower,
        config.path("tokenize_chinese_chars").asBoolean(true));
  }

  private static ModelException bad(String what) {
    return new ModelException(
        ModelException.Kind.TOKENIZER,
        "tokenizer.json has " + what + ": expected a BERT word-piece tokenizer");
  }
}
