package io.cipherstream.client;

import java.util.List;

/** A label for each word of a text that has word pieces. */
public record WordLabels(List<WordLabel> words, InferenceReport report) {

  public WordLabels {
    words = List.copyOf(words);
  }

  /**
   * One word's label.
   *
   * @param label name of the class with the largest logit
   * @param logits one per class, in the order of the model's labels
   */
  public record WordLabel(String word, String label, List<Double> logits) {

    public WordLabel {
      logits = List.copyOf(logits);
    }

    /** exp(logit) / Σ exp(logits), in the order of the logits. */
    public List<Double> probabilities() {
      return Classification.softmax(logits);
    }
  }
}
