package io.cipherstream.model;

/**
 * A question's tokens, and which of a model's output rows answer it.
 *
 * @param tokens what the model reads
 * @param rows index of each answer's row: the only one, or the row of each word's first piece; not
 *     to be changed
 * @param words which word each row answers, ascending: a word without pieces has no answer; 0 alone
 *     for a text or a pair; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedQuestion(TokenSequence tokens, int[] rows, int[] words) {

  /** The rows that answer, out of all the model gave. */
  public double[][] answers(double[][] output) {
    double[][] answers = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      answers[i] = output[rows[i]];
    }
    return answers;
  }
}
