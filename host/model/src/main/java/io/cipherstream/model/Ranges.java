package io.cipherstream.model;

import java.util.List;

/**
 * Largest absolute values seen when a model ran on calibration sentences.
 *
 * @param layers one entry a layer
 * @param output logits, or the pooled row before it is scaled to length 1
 * @param sentences number of sentences
 */
public record Ranges(List<LayerRanges> layers, double output, int sentences) {

  public Ranges {
    layers = List.copyOf(layers);
  }
}
