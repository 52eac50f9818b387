package io.cipherstream.model;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Text to words as BERT does it: clean, split at white space, punctuation and CJK ideographs, strip
 * accents, lower case. Code points, not chars, are looked at.
 */
final class BertNormalizer {

  private static final int REPLACEMENT = 0xFFFD;

  private final TokenizerOptions options;

  BertNormalizer(TokenizerOptions options) {
    this.options = options;
  }

  /** The words, none empty; a punctuation mark is a word. */
  List<String> words(String text) {
    StringBuilder clean = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> clean(c, clean));
    String plain = clean.toString();
    if (options.stripAccents()) {
      StringBuilder bare = new StringBuilder(plain.length());
      Normalizer.normalize(plain, Normalizer.Form.NFD)
          .codePoints()
          .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
          .forEach(bare::appendCodePoint);
      plain = bare.toString();
    }
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    plain
        .codePoints()
        .map(c -> options.lowercase() ? Character.toLowerCase(c) : c)
        .forEach(c -> split(c, word, words));
    flush(word, words);
    return words;
  }

  private void clean(int c, StringBuilder out) {
    if (isSpace(c)) {
      out.append(' ');
    } else if (c == 0 || c == REPLACEMENT || isControl(c)) {
      return;
    } else if (options.splitChinese() && isIdeograph(c)) {
      out.append(' ').appendCodePoint(c).append(' ');
    } else {
      out.appendCodePoint(c);
    }
  }

  private static void split(int c, StringBuilder word, List<String> words) {
    if (isSpace(c)) {
      flush(word, words);
    } else if (isPunctuation(c)) {
      flush(word, words);
      words.add(Character.toString(c));
    } else {
      word.appendCodePoint(c);
    }
  }

  private static void flush(StringBuilder word, List<String> words) {
    if (word.length() > 0) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  /** U+000B, U+000C and U+0085 are none: BERT's tokenizers drop them as control characters. */
  private static boolean isSpace(int c) {
    return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
  }

  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.PRIVATE_USE
        || type == Character.SURROGATE;
  }

  private static boolean isPunctuation(int c) {
    if (c < 128) {
      return c > 32 && c < 127 && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private static boolean isIdeograph(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
