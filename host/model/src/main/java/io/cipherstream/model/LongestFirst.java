package io.cipherstream.model;

/**
 * How many tokens each text of a pair keeps where both do not fit: the longer one is cut first, as
 * Hugging Face's tokenizers do with {@code truncation=True}.
 *
 * @param first tokens of the first text, special ones not counted
 * @param second tokens of the second text, likewise
 */
public record LongestFirst(int first, int second) {

  /**
   * With a = min and b = max of both lengths: a and room − a if that is at least a; otherwise half
   * of the room each, the odd one for the longer text, of equals for the second.
   *
   * @param first tokens of the first text
   * @param second tokens of the second text
   * @param room most tokens of both, at least 0
   */
  public static LongestFirst keep(int first, int second, int room) {
    if ((long) first + second <= room) {
      return new LongestFirst(first, second);
    }
    int shorter = Math.min(Math.min(first, second), room / 2);
    return first > second
        ? new LongestFirst(room - shorter, shorter)
        : new LongestFirst(shorter, room - shorter);
  }
}
