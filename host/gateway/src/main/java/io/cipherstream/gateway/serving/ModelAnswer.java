package io.cipherstream.gateway.serving;

import io.cipherstream.client.InferenceReport;
import java.util.List;

/**
 * A model's answer to a question.
 *
 * @param rows logits, the value or the embedding: one row, or for words one for each that has word
 *     pieces
 * @param words which word each row answers, ascending; 0 alone for a text or a pair
 * @param report how the inference went
 */
public record ModelAnswer(List<List<Double>> rows, List<Integer> words, InferenceReport report) {

  public ModelAnswer {
    rows = rows.stream().map(List::copyOf).toList();
    words = List.copyOf(words);
  }

  /** The only row of a text or a pair. */
  public List<Double> row() {
    return rows.get(0);
  }
}
