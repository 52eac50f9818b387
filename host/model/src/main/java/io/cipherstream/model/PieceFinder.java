package io.cipherstream.model;

/** Cuts a text into word pieces. Thread-safe. */
interface PieceFinder {

  /**
   * The ids of a text's pieces, without those that stand around it; none for a text without a
   * piece.
   *
   * @param text valid Unicode of at most {@link BertTokenizer#TEXT_CHARS_MAX} chars
   */
  int[] find(String text);
}
