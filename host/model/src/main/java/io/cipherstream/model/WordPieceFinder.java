package io.cipherstream.model;

import ai.djl.modality.nlp.bert.WordpieceTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Word pieces of a bare vocab.txt, as BERT's own tokenizer finds them: names of special tokens
 * first, then words, then the longest pieces of each word.
 */
final class WordPieceFinder implements PieceFinder {

  /** Longest word in code points that is looked up; a longer one is [UNK]. */
  private static final int WORD_CHARS_MAX = 100;

  private static final Pattern SPECIAL = Pattern.compile("\\[(?:UNK|SEP|PAD|CLS|MASK)]");

  private final WordPieces vocabulary;
  private final BertNormalizer normalizer;
  private final WordpieceTokenizer pieces;

  WordPieceFinder(WordPieces vocabulary, TokenizerOptions options) {
    this.vocabulary = vocabulary;
    this.normalizer = new BertNormalizer(options);
    this.pieces = new WordpieceTokenizer(vocabulary, WordPieces.UNKNOWN, 2 * WORD_CHARS_MAX);
  }

  /** Whether that is the name of one of BERT's special tokens. */
  static boolean isSpecial(String piece) {
    return SPECIAL.matcher(piece).matches();
  }

  @Override
  public int[] find(String text) {
    Ids ids = new Ids(text.length() + 2);
    Matcher special = SPECIAL.matcher(text);
    int done = 0;
    while (special.find()) {
      if (vocabulary.contains(special.group())) {
        words(text.substring(done, special.start()), ids);
        ids.add(vocabulary.id(special.group()));
        done = special.end();
      }
    }
    words(text.substring(done), ids);
    return ids.toArray();
  }

  private void words(String text, Ids ids) {
    for (String word : normalizer.words(text)) {
      List<String> found =
          word.codePointCount(0, word.length()) > WORD_CHARS_MAX
              ? List.of(WordPieces.UNKNOWN)
              : pieces.tokenize(word);
      found.forEach(piece -> ids.add(vocabulary.id(piece)));
    }
  }

  private static final class Ids {
    private int[] values;
    private int count;

    Ids(int room) {
      values = new int[room];
    }

    void add(int id) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = id;
    }

    int[] toArray() {
      return Arrays.copyOf(values, count);
    }
  }
}
