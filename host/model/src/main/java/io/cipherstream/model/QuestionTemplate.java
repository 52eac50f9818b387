package io.cipherstream.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a tokenizer puts around the pieces of one text and of two, and the segment of each token.
 *
 * @param single of one text: part A once
 * @param pair of two texts: part A, then part B
 */
record QuestionTemplate(List<Part> single, List<Part> pair) {

  /**
   * A part of a question: the pieces of a text, or one token.
   *
   * @param text A or B, or ' ' for a token
   * @param id the token; of no meaning for a text
   * @param segment token type of the part
   */
  record Part(char text, int id, int segment) {

    static Part token(int id, int segment) {
      return new Part(' ', id, segment);
    }
  }

  /**
   * @throws ModelException of kind TOKENIZER unless the texts stand there as expected
   */
  QuestionTemplate {
    single = List.copyOf(single);
    pair = List.copyOf(pair);
    if (!texts(single).equals("A") || !texts(pair).equals("AB")) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "the tokenizer's template has the texts '"
              + texts(single)
              + "' for one and '"
              + texts(pair)
              + "' for two: expected A, and A before B, each once");
    }
  }

  private static String texts(List<Part> parts) {
    StringBuilder out = new StringBuilder();
    parts.stream().filter(p -> p.text() != ' ').forEach(p -> out.append(p.text()));
    return out.toString();
  }

  /** BERT's: [CLS] a [SEP], and b [SEP] in segment 1. */
  static QuestionTemplate bert(int first, int last) {
    List<Part> single = List.of(Part.token(first, 0), new Part('A', 0, 0), Part.token(last, 0));
    List<Part> pair = new ArrayList<>(single);
    pair.add(new Part('B', 0, 1));
    pair.add(Part.token(last, 1));
    return new QuestionTemplate(single, pair);
  }

  /** Largest segment of one text. */
  int singleSegmentMax() {
    return single.stream().mapToInt(Part::segment).max().orElse(0);
  }

  /** Largest segment of two texts. */
  int pairSegmentMax() {
    return pair.stream().mapToInt(Part::segment).max().orElse(0);
  }

  TokenSequence fill(int[] a) {
    return fill(single, a, new int[0]);
  }

  TokenSequence fill(int[] a, int[] b) {
    return fill(pair, a, b);
  }

  private static TokenSequence fill(List<Part> parts, int[] a, int[] b) {
    int[] ids = new int[parts.size() + a.length + b.length];
    int[] segments = new int[ids.length];
    int count = 0;
    for (Part part : parts) {
      int[] pieces = part.text() == 'A' ? a : part.text() == 'B' ? b : new int[] {part.id()};
      for (int id : pieces) {
        ids[count] = id;
        segments[count++] = part.segment();
      }
    }
    return new TokenSequence(Arrays.copyOf(ids, count), Arrays.copyOf(segments, count));
  }

  /** Tokens around one text. */
  int singleTokens() {
    return single.size() - 1;
  }

  /** Tokens around and between two texts. */
  int pairTokens() {
    return pair.size() - 2;
  }

  /** Tokens before the pieces of a single text. */
  int before() {
    int count = 0;
    while (single.get(count).text() != 'A') {
      count++;
    }
    return count;
  }
}
