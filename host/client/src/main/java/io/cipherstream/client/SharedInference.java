package io.cipherstream.client;

import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.transformer.InferencePlan;
import java.util.Arrays;
import java.util.List;

/** Which questions share an inference. */
final class SharedInference {

  private SharedInference() {}

  /**
   * The end of the questions that share an inference from one on.
   *
   * @param plan one that takes many texts
   * @return the index behind the last one; {@code from} where an inference of its own costs less
   */
  static int end(List<EncodedQuestion> questions, int from, InferencePlan plan) {
    int[] counts = new int[0];
    int end = from;
    while (end < questions.size()) {
      int[] more = Arrays.copyOf(counts, counts.length + 1);
      more[counts.length] = questions.get(end).tokens().length();
      if (!plan.holds(more)) {
        break;
      }
      counts = more;
      end++;
    }
    return plan.isWorthSharing(counts) ? end : from;
  }
}
