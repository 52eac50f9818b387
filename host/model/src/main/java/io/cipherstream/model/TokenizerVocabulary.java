package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The pieces of a tokenizer.json: its model's vocabulary and the tokens added to it. Immutable. */
final class TokenizerVocabulary {

  /** Longest word in characters that WordPiece looks up, where a file names another limit. */
  static final int WORD_CHARS_MAX = 256;

  private final ObjectNode model;
  private final ArrayNode addedTokens;
  private final Map<String, Integer> pieces;
  private final Map<String, Integer> added;
  private final int size;

  private TokenizerVocabulary(
      ObjectNode model,
      ArrayNode addedTokens,
      Map<String, Integer> pieces,
      Map<String, Integer> added) {
    this.model = model;
    this.addedTokens = addedTokens;
    this.pieces = pieces;
    this.added = Collections.unmodifiableMap(added);
    int largest = -1;
    for (int id : pieces.values()) {
      largest = Math.max(largest, id);
    }
    for (int id : added.values()) {
      largest = Math.max(largest, id);
    }
    this.size = largest + 1;
  }

  /**
   * @throws ModelException of kind TOKENIZER if ids are missing, double or negative, if a limit is
   *     passed, or if an added token has another id than tokenizers gives it
   */
  static TokenizerVocabulary read(JsonNode model, JsonNode addedTokens) {
    if (!model.isObject()) {
      throw TokenizerPipeline.bad("no model: expected WordPiece, Unigram, BPE or WordLevel");
    }
    ObjectNode known = ((ObjectNode) model).deepCopy();
    if (!known.has("type")) {
      known.put("type", "WordPiece");
    }
    Map<String, Integer> pieces =
        switch (known.path("type").asText("")) {
          case "WordPiece" -> wordPiece(known);
          case "WordLevel" -> unknownIsThere(known, vocabulary(known.path("vocab")));
          case "BPE" -> bytePairs(known);
          case "Unigram" -> unigram(known);
          default ->
              throw TokenizerPipeline.bad(
                  "model '"
                      + known.path("type").asText("")
                      + "': expected WordPiece, Unigram, BPE or WordLevel");
        };
    Map<String, Integer> added = new LinkedHashMap<>();
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    if (!addedTokens.isMissingNode()) {
      if (!addedTokens.isArray() || addedTokens.size() > ModelShape.VOCABULARY_MAX) {
        throw TokenizerPipeline.bad("added_tokens that are no list");
      }
      for (JsonNode token : addedTokens) {
        add(token, pieces, added);
        list.add(token);
      }
    }
    return new TokenizerVocabulary(known, list, pieces, added);
  }

  private static Map<String, Integer> wordPiece(ObjectNode model) {
    int chars = model.path("max_input_chars_per_word").asInt(-1);
    if (!model.has("max_input_chars_per_word")) {
      model.put("max_input_chars_per_word", 100);
    } else if (chars < 1 || chars > WORD_CHARS_MAX) {
      throw TokenizerPipeline.bad(
          "max_input_chars_per_word "
              + model.path("max_input_chars_per_word")
              + ": expected 1 to "
              + WORD_CHARS_MAX);
    }
    if (!model.has("continuing_subword_prefix")) {
      model.put("continuing_subword_prefix", "##");
    }
    if (!model.has("unk_token")) {
      model.put("unk_token", WordPieces.UNKNOWN);
    }
    return unknownIsThere(model, vocabulary(model.path("vocab")));
  }

  private static Map<String, Integer> unknownIsThere(
      ObjectNode model, Map<String, Integer> pieces) {
    String unknown = model.path("unk_token").asText("");
    if (!pieces.containsKey(unknown)) {
      throw TokenizerPipeline.bad(
          "the unknown token '" + unknown + "', which its vocabulary lacks");
    }
    return pieces;
  }

  private static Map<String, Integer> bytePairs(ObjectNode model) {
    JsonNode dropout = model.path("dropout");
    if (!dropout.isMissingNode() && !dropout.isNull() && dropout.asDouble(1) != 0) {
      throw TokenizerPipeline.bad("BPE with dropout " + dropout + ", which draws pieces at random");
    }
    return vocabulary(model.path("vocab"));
  }

  private static Map<String, Integer> unigram(ObjectNode model) {
    JsonNode vocab = model.path("vocab");
    if (!vocab.isArray() || vocab.isEmpty() || vocab.size() > ModelShape.VOCABULARY_MAX) {
      throw TokenizerPipeline.bad(
          "Unigram vocabulary: expected 1 to " + ModelShape.VOCABULARY_MAX + " pieces");
    }
    Map<String, Integer> pieces = new HashMap<>(2 * vocab.size());
    for (JsonNode entry : vocab) {
      boolean scored = entry.size() == 2 && entry.path(0).isTextual() && entry.path(1).isNumber();
      if (!scored
          || entry.get(0).textValue().isEmpty()
          || !Double.isFinite(entry.get(1).doubleValue())
          || pieces.putIfAbsent(entry.get(0).textValue(), pieces.size()) != null) {
        throw TokenizerPipeline.bad(
            "Unigram piece " + entry + ": expected a text that stands there once, and its score");
      }
    }
    JsonNode unknown = model.path("unk_id");
    if (!unknown.isInt() || unknown.intValue() < 0 || unknown.intValue() >= pieces.size()) {
      throw TokenizerPipeline.bad("Unigram unk_id " + unknown + ": expected one of its pieces");
    }
    return pieces;
  }

  private static Map<String, Integer> vocabulary(JsonNode vocab) {
    if (!vocab.isObject() || vocab.isEmpty() || vocab.size() > ModelShape.VOCABULARY_MAX) {
      throw TokenizerPipeline.bad(
          "a vocabulary that is not 1 to " + ModelShape.VOCABULARY_MAX + " pieces by their text");
    }
    Map<String, Integer> pieces = new HashMap<>(2 * vocab.size());
    Set<Integer> ids = new HashSet<>(2 * vocab.size());
    for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
      int id = entry.getValue().isInt() ? entry.getValue().intValue() : -1;
      if (id < 0 || id >= ModelShape.VOCABULARY_MAX || !ids.add(id)) {
        throw TokenizerPipeline.bad(
            "word piece '" + entry.getKey() + "' with id " + entry.getValue());
      }
      pieces.put(entry.getKey(), id);
    }
    return pieces;
  }

  /**
   * The id is the vocabulary's, or the next one after all there are: so tokenizers numbers them.
   */
  private static void add(JsonNode token, Map<String, Integer> pieces, Map<String, Integer> added) {
    String text = token.path("content").asText("");
    if (text.isEmpty() || text.length() > TokenizerPipeline.PATTERN_CHARS_MAX) {
      throw TokenizerPipeline.bad(
          "added token "
              + token
              + ": expected a content of 1 to "
              + TokenizerPipeline.PATTERN_CHARS_MAX
              + " characters");
    }
    int next = pieces.size();
    for (int id : added.values()) {
      next = Math.max(next, id + 1);
    }
    int id = pieces.getOrDefault(text, next);
    if (!token.path("id").isInt() || token.path("id").intValue() != id) {
      throw TokenizerPipeline.bad(
          "added token '"
              + text
              + "' with id "
              + token.path("id")
              + ", but tokenizers numbers it "
              + id);
    }
    if (added.putIfAbsent(text, id) != null) {
      throw TokenizerPipeline.bad("added token '" + text + "' twice");
    }
  }

  ObjectNode model() {
    return model;
  }

  ArrayNode addedTokens() {
    return addedTokens;
  }

  Map<String, Integer> added() {
    return added;
  }

  int size() {
    return size;
  }

  OptionalInt id(String piece) {
    Integer id = added.getOrDefault(piece, pieces.get(piece));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
