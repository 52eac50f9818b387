package io.cipherstream.model;

/**
 * Largest absolute values seen in one layer during calibration, without any safety factor.
 *
 * @param input what enters the layer before the previous norm's affine part: with full norms the
 *     normalised (x − μ)/σ of the previous LayerNorm, with affine norms the previous {@code
 *     preNorm2}; for layer 0 the embedding output itself
 * @param query Q·x with its bias
 * @param key K·x with its bias
 * @param value V·x with its bias
 * @param score q·k/√d
 * @param attention the heads' weighted values, before the output projection
 * @param preNorm1 the sum of residual and attention, before its norm
 * @param preActivation A·x₁ with its bias
 * @param activation after the activation function
 * @param preNorm2 the sum of residual and feed-forward network, before its norm
 * @param rowSum Σⱼ eⱼ over a query's kernel values (attention THEX; 0 for the others)
 */
public record LayerRanges(
    double input,
    double query,
    double key,
    double value,
    double score,
    double attention,
    double preNorm1,
    double preActivation,
    double activation,
    double preNorm2,
    double rowSum) {

  /** Ranges of a layer without row sums. */
  public LayerRanges(
      double input,
      double query,
      double key,
      double value,
      double score,
      double attention,
      double preNorm1,
      double preActivation,
      double activation,
      double preNorm2) {
    this(
        input,
        query,
        key,
        value,
        score,
        attention,
        preNorm1,
        preActivation,
        activation,
        preNorm2,
        0);
  }

  LayerRanges times(double factor) {
    return new LayerRanges(
        input * factor,
        query * factor,
        key * factor,
        value * factor,
        score * factor,
        attention * factor,
        preNorm1 * factor,
        preActivation * factor,
        activation * factor,
        preNorm2 * factor,
        rowSum * factor);
  }
}
