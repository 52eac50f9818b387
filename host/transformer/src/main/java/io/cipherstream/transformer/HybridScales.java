package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.LayerRanges;
import io.cipherstream.model.Ranges;

/**
 * Scales of mode hybrid, all of whose products are at one limb. A product has the largest power of
 * two for which values of the calibrated range stay below half the prime, with the head room of
 * {@link Scales#rangeBits}.
 *
 * <p>It is divided between input and weights so that both bring about the same error. In units of a
 * slot at N = 4096 a rotation adds 2¹² to an input whose values are about 1, and rounding adds
 * √(F/6), 2²·² at F = 128, to weights that are about 2⁻⁵.
 */
final class HybridScales {

  /** Bits by which an input's scale exceeds its weights'. */
  static final int LEAD_BITS = 6;

  /** Least bits of a product's scale: below it, errors show in the labels. */
  static final int PRODUCT_BITS_MIN = 38;

  /** Largest value of a pooler before its function, all but one token being zero. */
  static final double POOLER_RANGE = 64;

  /**
   * Scale of every input where a feature has a ciphertext of its own: inputs of several steps meet
   * in one product.
   */
  private static final double WHOLE_INPUT = Math.scalb(1.0, 26);

  private final boolean whole;
  private final CkksParameters parameters;
  private final Ranges ranges;

  /**
   * @param whole whether a feature has a ciphertext of its own, so that nothing is rotated
   * @throws IllegalArgumentException that names the layer and the range if one fits no scale
   */
  HybridScales(CkksParameters parameters, Ranges ranges, boolean whole) {
    this.whole = whole;
    this.parameters = parameters;
    this.ranges = ranges;
    for (int i = 0; i < ranges.layers().size(); i++) {
      require(i, "queries, keys or values", projected(layer(i)));
      require(i, "values before the first norm", layer(i).preNorm1());
      require(i, "FFN inputs", layer(i).preActivation());
      require(i, "values before the second norm", layer(i).preNorm2());
    }
    require(ranges.layers().size() - 1, "outputs", ranges.output());
  }

  private void require(int layerIndex, String what, double range) {
    if (!(range >= 0 && Double.isFinite(range) && productBits(range) >= PRODUCT_BITS_MIN)) {
      throw new IllegalArgumentException(
          "layer "
              + layerIndex
              + ": calibration measured "
              + what
              + " up to "
              + range
              + ", more than the one prime of mode hybrid under "
              + parameters
              + " holds, about "
              + Math.scalb(1.0, (int) bits() - PRODUCT_BITS_MIN - Scales.MARGIN_BITS)
              + "; train the model with a penalty on large values, or calibrate it again");
    }
  }

  private LayerRanges layer(int index) {
    return ranges.layers().get(index);
  }

  private static double projected(LayerRanges range) {
    return Math.max(range.value(), Math.max(range.query(), range.key()));
  }

  private double bits() {
    return Math.floor(parameters.modulusBits(1) - 1);
  }

  private int productBits(double range) {
    return (int) bits() - Scales.rangeBits(range);
  }

  private Scales.LinearScale of(double range) {
    int bits = productBits(range);
    double input = whole ? WHOLE_INPUT : Math.scalb(1.0, (bits + LEAD_BITS) / 2);
    return new Scales.LinearScale(1, input, Math.scalb(1.0, bits));
  }

  /** Q, K and V together. */
  Scales.LinearScale projections(int layerIndex) {
    return of(projected(layer(layerIndex)));
  }

  Scales.LinearScale attentionOutput(int layerIndex) {
    return of(layer(layerIndex).preNorm1());
  }

  Scales.LinearScale intermediate(int layerIndex) {
    return of(layer(layerIndex).preActivation());
  }

  Scales.LinearScale ffnOutput(int layerIndex) {
    return of(layer(layerIndex).preNorm2());
  }

  Scales.LinearScale pooler() {
    return of(POOLER_RANGE);
  }

  Scales.LinearScale head() {
    return of(ranges.output());
  }

  /** Largest calibrated value of what a round sends down; infinite if there is none. */
  double calibrated(Round round) {
    LayerRanges range = layer(round.layer());
    return switch (round.operation()) {
      case ATTENTION -> projected(range);
      case ACTIVATION -> range.preActivation();
      case POOL -> range.preNorm2();
      case NORMALIZE -> Math.max(range.preNorm1(), range.preNorm2());
      default -> Double.POSITIVE_INFINITY;
    };
  }
}
