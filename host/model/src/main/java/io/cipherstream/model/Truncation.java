package io.cipherstream.model;

/** What is done with a question of more tokens than the model takes. */
public enum Truncation {
  /** It is refused, so that no answer is about less than what was asked. */
  REFUSE,
  /**
   * Its end is left out, and counted: a text loses its last tokens, a pair those of its longer text
   * first, words are lost whole.
   */
  CUT
}
