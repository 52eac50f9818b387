package io.cipherstream.client;

import java.util.List;

/**
 * A text as a vector of length 1.
 *
 * @param vector one value a feature of the model
 */
public record Embedding(List<Double> vector, InferenceReport report) {

  public Embedding {
    vector = List.copyOf(vector);
  }
}
