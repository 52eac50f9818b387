package io.cipherstream.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * Text to word-piece ids, as the tokenizer that a model comes with gives them: from tokenizer.json
 * by Hugging Face's tokenizers, from a bare vocab.txt by BERT's rules in Java. As in transformers,
 * the name of a special token in a text, such as [SEP], is that token. Thread-safe.
 */
public final class BertTokenizer {

  /** Longest text in chars; longer ones are refused before any work is done. */
  public static final int TEXT_CHARS_MAX = 1 << 20;

  private final PieceFinder finder;
  private final TokenizerFile file;
  private final QuestionTemplate template;
  private final int tokensMax;

  /**
   * A tokenizer of a bare vocab.txt.
   *
   * @param tokensMax most ids a text may give, [CLS] and [SEP] included
   */
  public BertTokenizer(WordPieces vocabulary, TokenizerOptions options, int tokensMax) {
    this(
        new WordPieceFinder(vocabulary, options),
        new TokenizerFile.Vocabulary(vocabulary, options),
        QuestionTemplate.bert(vocabulary.id(WordPieces.FIRST), vocabulary.id(WordPieces.LAST)),
        tokensMax);
  }

  /**
   * A tokenizer of a tokenizer.json.
   *
   * @throws ModelException of kind TOKENIZER if the library does not take it, UNSUPPORTED or IO if
   *     the library cannot be loaded
   */
  BertTokenizer(TokenizerJson json, int tokensMax) {
    this(new NativePieces(json.forNativeCode()), json, json.template(), tokensMax);
  }

  private BertTokenizer(
      PieceFinder finder, TokenizerFile file, QuestionTemplate template, int tokensMax) {
    this.finder = finder;
    this.file = file;
    this.template = template;
    this.tokensMax = tokensMax;
  }

  /** The same tokenizer with another limit. */
  public BertTokenizer withTokensMax(int limit) {
    return new BertTokenizer(finder, file, template, limit);
  }

  /** Most ids of a text, those around it included. */
  public int tokensMax() {
    return tokensMax;
  }

  /** The largest id it gives, and 1: what a word table needs in rows. */
  public int size() {
    return file.size();
  }

  /** The id of a piece of the vocabulary. */
  public OptionalInt id(String piece) {
    return file.id(piece);
  }

  /** Whether texts are lower-cased, as far as the tokenizer's file says it. */
  boolean lowercases() {
    TokenizerOptions options = file.options();
    return options != null
        ? options.lowercase()
        : file instanceof TokenizerJson json
            && TokenizerPipeline.lowercases(json.root().path("normalizer"));
  }

  /** What a model package keeps of it. */
  TokenizerFile file() {
    return file;
  }

  QuestionTemplate template() {
    return template;
  }

  /**
   * The ids of a text's pieces, without those around it; none for a text of white space alone.
   *
   * @throws ModelException of kind TEXT_ENCODING if the text has unpaired surrogates, TEXT_TOO_LONG
   *     if it has more than {@link #TEXT_CHARS_MAX} chars
   */
  public int[] pieces(String text) {
    if (text.length() > TEXT_CHARS_MAX) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          "text of " + text.length() + " characters: at most " + TEXT_CHARS_MAX);
    }
    checkSurrogates(text);
    return finder.find(text);
  }

  /** The tokens of one text from its pieces, for BERT [CLS] pieces [SEP]. */
  public TokenSequence single(int[] pieces) {
    return template.fill(pieces);
  }

  /** The tokens of two texts from their pieces, for BERT [CLS] a [SEP] b [SEP]. */
  public TokenSequence pair(int[] first, int[] second) {
    return template.fill(first, second);
  }

  /** Tokens that stand around one text's pieces, or around and between two texts'. */
  public int tokensAround(boolean two) {
    return two ? template.pairTokens() : template.singleTokens();
  }

  /** Tokens before the first piece of a single text. */
  public int tokensBefore() {
    return template.before();
  }

  /**
   * The ids of a single text, for BERT [CLS], the text's word pieces, [SEP].
   *
   * @throws ModelException of kind TEXT_EMPTY if the text has no word piece, TEXT_ENCODING if it
   *     has unpaired surrogates, TEXT_TOO_LONG if there are more than {@link #tokensMax} ids (the
   *     text is never cut)
   */
  public int[] encode(String text) {
    int[] pieces = pieces(text);
    if (pieces.length == 0) {
      throw new ModelException(
          ModelException.Kind.TEXT_EMPTY, "the text has no word pieces: expected at least one");
    }
    int[] ids = single(pieces).ids();
    if (ids.length > tokensMax) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          "the text has "
              + ids.length
              + " tokens with [CLS] and [SEP]: the model takes at most "
              + tokensMax
              + "; shorten or split the text");
    }
    return ids;
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
