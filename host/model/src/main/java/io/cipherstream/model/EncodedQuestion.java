package io.cipherstream.model;

/**
 * A question's tokens, and which of a model's output rows answer it.
 *
 * @param tokens what the model reads
 * @param rows index of each answer's row: the only one, or the row of each word's first piece; not
 *     to be changed
 * @param words which word each row answers, ascending: a word without pieces has no answer; 0 alone
 *     for a text or a pair; not to be changed
 * @param tokensLeftOut tokens of the question that were cut off; 0 unless that was asked for
 * @param wordsLeftOut words at the question's end that have no answer for that reason
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedQuestion(
    TokenSequence tokens, int[] rows, int[] words, int tokensLeftOut, int wordsLeftOut) {

  /** A question of which nothing was cut off. */
  public EncodedQuestion(TokenSequence tokens, int[] rows, int[] words) {
    this(tokens, rows, words, 0, 0);
  }

  /** The rows that answer, out of all the model gave. */
  public double[][] answers(double[][] output) {
    double[][] answers = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      answers[i] = output[rows[i]];
    }
    return answers;
  }
}
