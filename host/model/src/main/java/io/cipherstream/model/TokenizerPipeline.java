package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * Which parts of a tokenizer.json are handed to native code: those that are known to be quick and
 * to stay within bounds whatever the text. The file comes from outside, in a client's case from the
 * appliance.
 */
final class TokenizerPipeline {

  /** Longest text that a part of the pipeline puts in or looks for, in chars. */
  static final int PATTERN_CHARS_MAX = 256;

  /** Most parts of a sequence. */
  static final int PARTS_MAX = 32;

  private static final Set<String> NORMALIZERS =
      Set.of(
          "BertNormalizer",
          "ByteLevel",
          "Lowercase",
          "NFC",
          "NFD",
          "NFKC",
          "NFKD",
          "Nmt",
          "Precompiled",
          "Prepend",
          "Replace",
          "Sequence",
          "Strip",
          "StripAccents");

  private static final Set<String> PRE_TOKENIZERS =
      Set.of(
          "BertPreTokenizer",
          "ByteLevel",
          "CharDelimiterSplit",
          "Digits",
          "Metaspace",
          "Punctuation",
          "Sequence",
          "Split",
          "UnicodeScripts",
          "Whitespace",
          "WhitespaceSplit");

  /** Expressions that tokenizers' own converters write, all of them linear in the text. */
  private static final Set<String> EXPRESSIONS = Set.of(" {2,}", "\\s+", "\\s", "\\d", "\\n");

  private TokenizerPipeline() {}

  /**
   * @throws ModelException of kind TOKENIZER, which names the part that is not taken
   */
  static void checkNormalizer(JsonNode node) {
    check(node, "normalizer", "normalizers", NORMALIZERS);
  }

  /**
   * @throws ModelException of kind TOKENIZER, which names the part that is not taken
   */
  static void checkPreTokenizer(JsonNode node) {
    check(node, "pre_tokenizer", "pretokenizers", PRE_TOKENIZERS);
  }

  private static void check(JsonNode node, String what, String parts, Set<String> known) {
    if (node.isNull() || node.isMissingNode()) {
      return;
    }
    String type = node.path("type").asText("");
    if (!known.contains(type)) {
      throw bad(what + " '" + type + "': expected one of " + known.stream().sorted().toList());
    }
    switch (type) {
      case "Sequence" -> {
        JsonNode list = node.path(parts);
        if (!list.isArray() || list.size() > PARTS_MAX) {
          throw bad(what + " Sequence: expected at most " + PARTS_MAX + " " + parts);
        }
        for (JsonNode part : list) {
          if (part.path("type").asText("").equals("Sequence")) {
            throw bad(what + " Sequence in a Sequence: expected one list");
          }
          check(part, what, parts, known);
        }
      }
      case "Replace" -> {
        int from = pattern(node.path("pattern"), what + " Replace");
        int to = text(node.path("content"), what + " Replace");
        if (to > from) {
          throw bad(
              what + " Replace puts " + to + " characters for " + from + ": expected no more");
        }
      }
      case "Split" -> pattern(node.path("pattern"), what + " Split");
      case "Prepend" -> text(node.path("prepend"), what + " Prepend");
      case "Precompiled" -> PrecompiledNormalizer.check(node.path("precompiled_charsmap"));
      default -> {}
    }
  }

  private static int pattern(JsonNode pattern, String what) {
    JsonNode text = pattern.path("String");
    if (text.isTextual() && !text.textValue().isEmpty()) {
      return text(text, what);
    }
    String expression = pattern.path("Regex").asText("");
    if (!EXPRESSIONS.contains(expression)) {
      throw bad(
          what
              + " with the regular expression '"
              + expression
              + "': expected plain text, or one of "
              + EXPRESSIONS.stream().sorted().toList());
    }
    return 1;
  }

  private static int text(JsonNode text, String what) {
    if (!text.isTextual() || text.textValue().length() > PATTERN_CHARS_MAX) {
      throw bad(what + ": expected a text of at most " + PATTERN_CHARS_MAX + " characters");
    }
    return text.textValue().length();
  }

  /** Whether the text is in lower case after the normalizer, as far as the file says it. */
  static boolean lowercases(JsonNode node) {
    return switch (node.path("type").asText("")) {
      case "BertNormalizer" -> node.path("lowercase").asBoolean(false);
      case "Lowercase" -> true;
      case "Sequence" -> {
        boolean any = false;
        for (JsonNode part : node.path("normalizers")) {
          any |= lowercases(part);
        }
        yield any;
      }
      default -> false;
    };
  }

  static ModelException bad(String what) {
    return new ModelException(ModelException.Kind.TOKENIZER, "tokenizer.json has " + what);
  }
}
