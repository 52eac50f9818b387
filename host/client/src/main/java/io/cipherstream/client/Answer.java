package io.cipherstream.client;

import java.util.List;

/**
 * A model's answer to a question.
 *
 * @param rows one row of outputs, or for a question of words one per word; logits, the value, or
 *     the embedding
 */
public record Answer(List<List<Double>> rows, InferenceReport report) {

  public Answer {
    rows = rows.stream().map(List::copyOf).toList();
  }
}
