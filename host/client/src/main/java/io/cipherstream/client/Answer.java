package io.cipherstream.client;

import java.util.List;

/**
 * What a model gave for a question.
 *
 * @param rows one row of outputs, or for a question of words one a word; logits, the value, or the
 *     embedding of length 1
 */
public record Answer(List<List<Double>> rows, InferenceReport report) {

  public Answer {
    rows = rows.stream().map(List::copyOf).toList();
  }
}
