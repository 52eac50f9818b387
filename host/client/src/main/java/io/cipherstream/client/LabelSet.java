package io.cipherstream.client;

import java.util.List;

/**
 * The labels that hold for a text, of a model that gives any number of them.
 *
 * @param labels names of those whose probability is at least 1/2, in the model's order; may be
 *     empty
 * @param logits one per label, in the order of the model's labels
 */
public record LabelSet(List<String> labels, List<Double> logits, InferenceReport report) {

  public LabelSet {
    labels = List.copyOf(labels);
    logits = List.copyOf(logits);
  }

  /** 1 / (1 + exp(−logit)) each, in the order of the logits; they need not add up to 1. */
  public List<Double> probabilities() {
    return logits.stream().map(l -> 1 / (1 + Math.exp(-l))).toList();
  }
}
