package io.cipherstream.model;

import ai.djl.modality.nlp.bert.WordpieceTokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text to word-piece ids, as the reference BERT tokenizer gives them. Names of special tokens in
 * the text are plain text, so no input can place a [SEP] of its own. Thread-safe.
 */
public final class BertTokenizer {

  /** Longest text in chars; longer ones are refused before any work is done. */
  public static final int TEXT_CHARS_MAX = 1 << 20;

  /** Longest word in chars that is looked up; a longer one is [UNK]. */
  private static final int WORD_CHARS_MAX = 100;

  private final WordPieces vocabulary;
  private final TokenizerOptions options;
  private final BertNormalizer normalizer;
  private final WordpieceTokenizer pieces;
  private final int tokensMax;

  /**
   * @param tokensMax most ids a text may give, [CLS] and [SEP] included
   */
  public BertTokenizer(WordPieces vocabulary, TokenizerOptions options, int tokensMax) {
    this.vocabulary = vocabulary;
    this.options = options;
    this.normalizer = new BertNormalizer(options);
    this.pieces = new WordpieceTokenizer(vocabulary, WordPieces.UNKNOWN, WORD_CHARS_MAX);
    this.tokensMax = tokensMax;
  }

  /** The same tokenizer with another limit. */
  public BertTokenizer withTokensMax(int limit) {
    return new BertTokenizer(vocabulary, options, limit);
  }

  /** Most ids of a text, [CLS] and [SEP] included. */
  public int tokensMax() {
    return tokensMax;
  }

  public WordPieces vocabulary() {
    return vocabulary;
  }

  public TokenizerOptions options() {
    return options;
  }

  /**
   * [CLS], the text's word pieces, [SEP].
   *
   * @throws ModelException of kind TEXT_EMPTY if the text has no word piece, TEXT_ENCODING if it
   *     has unpaired surrogates, TEXT_TOO_LONG if there are more than {@link #tokensMax} ids (the
   *     text is never cut)
   */
  public int[] encode(String text) {
    if (text.length() > TEXT_CHARS_MAX) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          "text of " + text.length() + " characters: at most " + TEXT_CHARS_MAX);
    }
    checkSurrogates(text);
    int[] ids = new int[text.length() + 2];
    int count = 0;
    ids[count++] = vocabulary.id(WordPieces.FIRST);
    for (String word : normalizer.words(text)) {
      for (String piece : pieces.tokenize(word)) {
        if (count + 1 >= ids.length) {
          ids = Arrays.copyOf(ids, 2 * ids.length);
        }
        ids[count++] = vocabulary.id(piece);
      }
    }
    if (count == 1) {
      throw new ModelException(
          ModelException.Kind.TEXT_EMPTY, "the text has no word pieces: expected at least one");
    }
    ids[count++] = vocabulary.id(WordPieces.LAST);
    if (count > tokensMax) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          "the text has "
              + count
              + " tokens with [CLS] and [SEP]: the model takes at most "
              + tokensMax
              + "; shorten or split the text");
    }
    return Arrays.copyOf(ids, count);
  }

  /**
   * Bytes to text.
   *
   * @throws ModelException of kind TEXT_ENCODING if the bytes are not UTF-8
   */
  public static String decodeUtf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ModelException(
          ModelException.Kind.TEXT_ENCODING, "text is not UTF-8: " + e.getMessage(), e);
    }
  }

  private static void checkSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new ModelException(
            ModelException.Kind.TEXT_ENCODING,
            "text has an unpaired surrogate at character " + i + ": expected valid Unicode");
      }
    }
  }
}
