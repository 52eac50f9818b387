package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the files beside a tokenizer say of it: tokenizer_config.json, added_tokens.json and
 * special_tokens_map.json. What they add is added; where they contradict the tokenizer, or ask for
 * what is not computed, the model is refused.
 */
final class TokenizerSettings {

  private static final String CONFIG = "tokenizer_config.json";
  private static final String MODEL = "config.json";
  private static final String ADDED = "added_tokens.json";
  private static final String SPECIAL = "special_tokens_map.json";

  private static final String WAY_OUT =
      "; name a tokenizer.json with --tokenizer to take that file as it is";

  /** Classes that cut text as BERT's does, where there is a vocab.txt alone. */
  private static final Set<String> BERT_CLASSES =
      Set.of("", "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer");

  private final JsonNode config;
  private final String modelType;
  private final JsonNode special;
  private final Map<Integer, ObjectNode> tokens;

  private TokenizerSettings(
      JsonNode config, String modelType, JsonNode special, Map<Integer, ObjectNode> tokens) {
    this.config = config;
    this.modelType = modelType;
    this.special = special;
    this.tokens = tokens;
  }

  /**
   * Reads the files of a folder that are there.
   *
   * @throws ModelException of kind MALFORMED if one is not what it should be, TOKENIZER if it asks
   *     for what is not computed
   */
  static TokenizerSettings of(Path folder) {
    JsonNode config = read(folder.resolve(CONFIG));
    JsonNode special = read(folder.resolve(SPECIAL));
    if (config.path("auto_map").has("AutoTokenizer")
        || bertClass(config).equals("BertJapaneseTokenizer")) {
      throw refused(CONFIG + " names code of its own, " + config.path("tokenizer_class") + WAY_OUT);
    }
    if (!config.path("do_basic_tokenize").asBoolean(true)) {
      throw refused(CONFIG + " says do_basic_tokenize false, which is not computed" + WAY_OUT);
    }
    if (!config.path("never_split").isEmpty()) {
      throw refused(
          CONFIG
              + " says never_split "
              + config.path("never_split")
              + ", which is not computed: add these as tokens"
              + WAY_OUT);
    }
    String modelType = read(folder.resolve(MODEL)).path("model_type").asText("");
    return new TokenizerSettings(config, modelType, special, tokens(folder, config, special));
  }

  private static JsonNode read(Path file) {
    return Files.exists(file)
        ? ModelFiles.json(file, WordPieces.FILE_BYTES_MAX)
        : JsonNodeFactory.instance.objectNode();
  }

  private static String bertClass(JsonNode config) {
    String name = config.path("tokenizer_class").asText("");
    return name.endsWith("Fast") ? name.substring(0, name.length() - 4) : name;
  }

  private static Map<Integer, ObjectNode> tokens(Path folder, JsonNode config, JsonNode special) {
    Map<Integer, ObjectNode> tokens = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : config.path("added_tokens_decoder").properties()) {
      int id;
      try {
        id = Integer.parseInt(entry.getKey());
      } catch (NumberFormatException e) {
        throw refused(CONFIG + ": added_tokens_decoder has the id '" + entry.getKey() + "'");
      }
      String text = entry.getValue().path("content").asText("");
      boolean isSpecial = entry.getValue().path("special").asBoolean(false);
      put(tokens, id, text, isSpecial, entry.getValue());
    }
    List<String> specials = named(config, special);
    for (Map.Entry<String, JsonNode> entry : read(folder.resolve(ADDED)).properties()) {
      if (!entry.getValue().isInt()) {
        throw refused(ADDED + ": '" + entry.getKey() + "' has id " + entry.getValue());
      }
      put(
          tokens,
          entry.getValue().intValue(),
          entry.getKey(),
          specials.contains(entry.getKey()),
          JsonNodeFactory.instance.objectNode());
    }
    return tokens;
  }

  private static void put(
      Map<Integer, ObjectNode> tokens, int id, String text, boolean isSpecial, JsonNode flags) {
    ObjectNode token = JsonNodeFactory.instance.objectNode();
    token.put("id", id);
    token.put("content", text);
    token.put("single_word", flags.path("single_word").asBoolean(false));
    token.put("lstrip", flags.path("lstrip").asBoolean(false));
    token.put("rstrip", flags.path("rstrip").asBoolean(false));
    token.put("normalized", flags.path("normalized").asBoolean(!isSpecial));
    token.put("special", isSpecial);
    ObjectNode before = tokens.putIfAbsent(id, token);
    if (before != null && !before.path("content").equals(token.path("content"))) {
      throw refused("id " + id + " is " + before.path("content") + " and '" + text + "'");
    }
  }

  /** Names of special tokens that both files give. */
  private static List<String> named(JsonNode config, JsonNode special) {
    List<String> out = new ArrayList<>();
    for (JsonNode file : List.of(config, special)) {
      for (String key : List.of("unk_token", "sep_token", "cls_token", "pad_token", "mask_token")) {
        addName(out, file.path(key));
      }
      for (String key : List.of("additional_special_tokens", "extra_special_tokens")) {
        file.path(key).forEach(token -> addName(out, token));
      }
    }
    return out;
  }

  private static void addName(List<String> out, JsonNode token) {
    String name = token.isObject() ? token.path("content").asText("") : token.asText("");
    if (!name.isEmpty() && !token.isNull()) {
      out.add(name);
    }
  }

  /** Most tokens of a text, as the configuration says it; empty where it says nothing. */
  OptionalInt tokensMax() {
    JsonNode limit = config.path("model_max_length");
    if (limit.isMissingNode() || limit.isNull()) {
      return OptionalInt.empty();
    }
    if (!limit.isNumber() || limit.doubleValue() < ModelShape.POSITIONS_MIN) {
      throw refused(
          CONFIG
              + " says model_max_length "
              + limit
              + ": expected "
              + ModelShape.POSITIONS_MIN
              + " or more");
    }
    return OptionalInt.of((int) Math.min(limit.doubleValue(), Integer.MAX_VALUE));
  }

  /**
   * Whether the model is not given token types, so that both texts of a pair are segment 0: said by
   * the names of its inputs or, where there are none, by its type.
   */
  boolean inOneSegment() {
    JsonNode names = config.path("model_input_names");
    if (names.isEmpty()) {
      return ModelFamily.of(modelType).filter(ModelFamily::withoutTokenTypes).isPresent();
    }
    for (JsonNode name : names) {
      if (name.asText("").equals("token_type_ids")) {
        return false;
      }
    }
    return true;
  }

  /**
   * The options of a vocab.txt.
   *
   * @throws ModelException of kind TOKENIZER if the configuration is of another tokenizer
   */
  TokenizerOptions options() {
    if (!BERT_CLASSES.contains(bertClass(config))) {
      throw refused(
          CONFIG
              + " says tokenizer_class '"
              + config.path("tokenizer_class").asText("")
              + "', which a vocab.txt alone does not describe"
              + WAY_OUT);
    }
    for (String name : List.of("unk", "sep", "cls", "pad", "mask")) {
      List<String> said = new ArrayList<>();
      addName(said, config.path(name + "_token"));
      addName(said, special.path(name + "_token"));
      String expected = "[" + name.toUpperCase(Locale.ROOT) + "]";
      if (said.stream().anyMatch(s -> !s.equals(expected))) {
        throw refused(
            "the " + name + "_token is " + said + ": expected " + expected + " with a vocab.txt");
      }
    }
    Boolean lower = flag("do_lower_case");
    Boolean accents = flag("strip_accents");
    Boolean chinese = flag("tokenize_chinese_chars");
    boolean lowercase = lower == null || lower;
    return new TokenizerOptions(
        lowercase, accents == null ? lowercase : accents, chinese == null || chinese);
  }

  private @Nullable Boolean flag(String name) {
    JsonNode value = config.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isBoolean()) {
      throw refused(CONFIG + " says " + name + " " + value + ": expected true or false");
    }
    return value.booleanValue();
  }

  /** Tokens beside those of a vocabulary, and those of it that are not BERT's special ones. */
  boolean addsTo(WordPieces pieces) {
    boolean adds = false;
    for (ObjectNode token : tokens.values()) {
      String text = token.path("content").asText();
      adds |= !pieces.contains(text) || !WordPieceFinder.isSpecial(text);
    }
    for (String name : named(config, special)) {
      adds |= !pieces.contains(name) || !WordPieceFinder.isSpecial(name);
    }
    return adds;
  }

  /** A tokenizer.json of a vocab.txt and its added tokens, as transformers makes it. */
  TokenizerJson converted(WordPieces pieces) {
    TokenizerOptions options = options();
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    for (String name : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
      if (pieces.contains(name)) {
        Map<Integer, ObjectNode> one = new TreeMap<>();
        put(one, pieces.id(name), name, true, JsonNodeFactory.instance.objectNode());
        added.addAll(one.values());
      }
    }
    ObjectNode normalizer = root.putObject("normalizer");
    normalizer.put("type", "BertNormalizer");
    normalizer.put("clean_text", true);
    normalizer.put("handle_chinese_chars", options.splitChinese());
    normalizer.put("strip_accents", options.stripAccents());
    normalizer.put("lowercase", options.lowercase());
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    ObjectNode model = root.putObject("model");
    model.put("type", "WordPiece");
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < pieces.size(); id++) {
      vocab.put(pieces.getToken(id), id);
    }
    return applied(root);
  }

  /**
   * A tokenizer.json with what the other files add.
   *
   * @throws ModelException of kind TOKENIZER if they contradict it
   */
  TokenizerJson applied(ObjectNode root) {
    ObjectNode whole = root.deepCopy();
    ArrayNode added;
    if (whole.path("added_tokens") instanceof ArrayNode list) {
      added = list;
    } else if (whole.has("added_tokens")) {
      throw TokenizerPipeline.bad("added_tokens that are no list");
    } else {
      added = whole.putArray("added_tokens");
    }
    for (ObjectNode token : tokens.values()) {
      if (!contains(added, token)) {
        added.add(token);
      }
    }
    TokenizerJson json = TokenizerJson.of(whole);
    checkCase(whole.path("normalizer"));
    for (String name : named(config, special)) {
      if (json.id(name).isEmpty() && !WordPieceFinder.isSpecial(name)) {
        throw refused(
            CONFIG
                + " or "
                + SPECIAL
                + " names '"
                + name
                + "', which the tokenizer lacks"
                + WAY_OUT);
      }
    }
    return inOneSegment() ? json.inOneSegment() : json;
  }

  private static boolean contains(ArrayNode added, ObjectNode token) {
    for (JsonNode there : added) {
      if (there.path("content").equals(token.path("content"))) {
        if (!there.path("id").equals(token.path("id"))) {
          throw refused(
              token.path("content")
                  + " has id "
                  + there.path("id")
                  + " in tokenizer.json and "
                  + token.path("id")
                  + " in the files beside it"
                  + WAY_OUT);
        }
        return true;
      }
    }
    return false;
  }

  private void checkCase(JsonNode normalizer) {
    boolean lower = TokenizerPipeline.lowercases(normalizer);
    contradiction("do_lower_case", lower);
    if (normalizer.path("type").asText("").equals("BertNormalizer")) {
      contradiction("strip_accents", normalizer.path("strip_accents").asBoolean(lower));
      contradiction(
          "tokenize_chinese_chars", normalizer.path("handle_chinese_chars").asBoolean(true));
    }
  }

  private void contradiction(String name, boolean done) {
    Boolean said = flag(name);
    if (said != null && said != done) {
      throw refused(
          CONFIG
              + " says "
              + name
              + " "
              + said
              + ", tokenizer.json does "
              + (done ? "" : "not ")
              + "do that: make them agree"
              + WAY_OUT);
    }
  }

  private static ModelException refused(String what) {
    return new ModelException(ModelException.Kind.TOKENIZER, what);
  }
}
