package io.cipherstream.client;

import java.util.List;

/**
 * A label for a text.
 *
 * @param label name of the class with the largest logit
 * @param logits one a class, in the order of the model's labels
 */
public record Classification(String label, List<Double> logits, InferenceReport report) {

  public Classification {
    logits = List.copyOf(logits);
  }
}
