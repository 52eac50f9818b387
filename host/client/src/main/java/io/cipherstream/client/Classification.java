package io.cipherstream.client;

import java.util.List;

/**
 * A label for a text.
 *
 * @param label name of the class with the largest logit
 * @param logits one per class, in the order of the model's labels
 */
public record Classification(String label, List<Double> logits, InferenceReport report) {

  public Classification {
    logits = List.copyOf(logits);
  }

  /** exp(logit) / Σ exp(logits), in the order of the logits. */
  public List<Double> probabilities() {
    return softmax(logits);
  }

  static List<Double> softmax(List<Double> logits) {
    double largest = logits.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double sum = logits.stream().mapToDouble(l -> Math.exp(l - largest)).sum();
    return logits.stream().map(l -> Math.exp(l - largest) / sum).toList();
  }
}
