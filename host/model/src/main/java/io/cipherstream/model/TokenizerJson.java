package io.cipherstream.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer.json, checked before native code sees it. Padding and truncation are left out: a text
 * is never cut here. What stands around the pieces is put there by {@link QuestionTemplate}, not by
 * the file's post-processor, from which that is read. Immutable.
 */
final class TokenizerJson implements TokenizerFile {

  static final String PATH = "client/tokenizer.json";

  /** Longest file in bytes. */
  static final int FILE_BYTES_MAX = WordPieces.FILE_BYTES_MAX;

  /** Deepest nesting of objects and lists. */
  static final int DEPTH_MAX = 32;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxStringLength(2 * PrecompiledNormalizer.BYTES_MAX)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final List<String> KNOWN =
      List.of(
          "version",
          "truncation",
          "padding",
          "added_tokens",
          "normalizer",
          "pre_tokenizer",
          "post_processor",
          "decoder",
          "model");

  private final byte[] bytes;
  private final ObjectNode root;
  private final TokenizerVocabulary vocabulary;
  private final QuestionTemplate template;

  private TokenizerJson(
      byte[] bytes, ObjectNode root, TokenizerVocabulary vocabulary, QuestionTemplate template) {
    this.bytes = bytes;
    this.root = root;
    this.vocabulary = vocabulary;
    this.template = template;
  }

  /**
   * @throws ModelException of kind MALFORMED if the bytes are not a JSON object, TOKENIZER if the
   *     tokenizer is not one that this program takes
   */
  static TokenizerJson parse(byte[] bytes) {
    return of(bytes, tree(bytes));
  }

  static TokenizerJson of(ObjectNode root) {
    return of(root.toString().getBytes(StandardCharsets.UTF_8), root);
  }

  private static TokenizerJson of(byte[] bytes, ObjectNode root) {
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      if (!KNOWN.contains(entry.getKey())) {
        throw TokenizerPipeline.bad("the member '" + entry.getKey() + "': expected " + KNOWN);
      }
    }
    TokenizerPipeline.checkNormalizer(root.path("normalizer"));
    TokenizerPipeline.checkPreTokenizer(root.path("pre_tokenizer"));
    TokenizerVocabulary vocabulary =
        TokenizerVocabulary.read(root.path("model"), root.path("added_tokens"));
    QuestionTemplate template = PostProcessor.read(root.path("post_processor"), vocabulary);
    return new TokenizerJson(bytes, root, vocabulary, template);
  }

  /** The JSON object in a file's bytes; no name may stand twice in an object. */
  static ObjectNode tree(byte[] bytes) {
    try {
      JsonNode root = JSON.readTree(bytes);
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw new ModelException(
          ModelException.Kind.MALFORMED, "tokenizer.json is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "tokenizer.json is not JSON: " + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "tokenizer.json is not UTF-8 JSON: " + e, e);
    }
  }

  /** What native code is given: the file without padding, truncation, post-processor, decoder. */
  String forNativeCode() {
    ObjectNode out = root.objectNode();
    out.put("version", "1.0");
    for (String part : List.of("truncation", "padding", "post_processor", "decoder")) {
      out.putNull(part);
    }
    out.set("added_tokens", vocabulary.addedTokens());
    for (String part : List.of("normalizer", "pre_tokenizer")) {
      out.set(part, root.path(part).isMissingNode() ? out.nullNode() : root.get(part));
    }
    out.set("model", vocabulary.model());
    return out.toString();
  }

  /** The parsed file; not to be changed. */
  ObjectNode root() {
    return root;
  }

  QuestionTemplate template() {
    return template;
  }

  /** Whether the file says what stands around a text; without that it is BERT's [CLS] and [SEP]. */
  boolean hasPostProcessor() {
    return root.path("post_processor").isObject();
  }

  /** The same with every token in segment 0, in the file as well. */
  TokenizerJson inOneSegment() {
    ObjectNode changed = root.deepCopy();
    changed.set("post_processor", OneSegment.of(root.path("post_processor"), vocabulary));
    return of(changed);
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public @Nullable TokenizerOptions options() {
    return null;
  }

  @Override
  public int size() {
    return vocabulary.size();
  }

  @Override
  public OptionalInt id(String piece) {
    return vocabulary.id(piece);
  }

  /** Tokens beside the model's own vocabulary, by their text. */
  Map<String, Integer> added() {
    return vocabulary.added();
  }
}
