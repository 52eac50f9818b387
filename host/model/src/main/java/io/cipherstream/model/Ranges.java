package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Largest absolute values seen when a model ran on calibration sentences, times a margin.
 *
 * @param layers one entry a layer
 * @param output logits, the value, or the pooled row before it is scaled to length 1
 * @param sentences number of sentences
 * @param margin what the seen values were multiplied by, 1 or more
 */
public record Ranges(List<LayerRanges> layers, double output, int sentences, double margin) {

  /** Largest margin. */
  public static final double MARGIN_MAX = 1e3;

  /**
   * @throws ModelException of kind VALUE if the margin is not 1 to {@link #MARGIN_MAX}
   */
  public Ranges {
    layers = List.copyOf(layers);
    if (!(margin >= 1 && margin <= MARGIN_MAX)) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "margin " + margin + " of the ranges: expected 1 to " + MARGIN_MAX);
    }
  }

  /** Ranges as they were seen: margin 1. */
  public Ranges(List<LayerRanges> layers, double output, int sentences) {
    this(layers, output, sentences, 1);
  }

  /** From a manifest, where an absent margin is 1. */
  @JsonCreator
  static Ranges read(
      @JsonProperty("layers") @Nullable List<LayerRanges> layers,
      @JsonProperty("output") double output,
      @JsonProperty("sentences") int sentences,
      @JsonProperty("margin") @Nullable Double margin) {
    if (layers == null) {
      throw new ModelException(ModelException.Kind.MALFORMED, "ranges without layers");
    }
    return new Ranges(layers, output, sentences, margin == null ? 1 : margin);
  }

  /**
   * These ranges, every one multiplied.
   *
   * @param factor 1 or more; margins multiply
   * @throws ModelException of kind VALUE if the margin leaves its limits
   */
  public Ranges times(double factor) {
    return new Ranges(
        layers.stream().map(l -> l.times(factor)).toList(),
        output * factor,
        sentences,
        margin * factor);
  }
}
