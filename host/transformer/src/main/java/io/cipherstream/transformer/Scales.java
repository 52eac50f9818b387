package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.LayerRanges;
import io.cipherstream.model.Ranges;

/**
 * Scales and limbs of every step of modes paper and compact, chosen from the calibrated ranges.
 *
 * <p>All fresh encryptions and weights have powers of two; what a rescale leaves is computed from
 * the primes. Logarithms are base 2. The noise facts behind the constants (slot units, standard
 * deviations at N = 8192): fresh encryption 2⁸, a rotation 2¹³·⁵ because digits of q₀ and the
 * special prime have the same 50 bits, a rescale 2¹⁰·⁵, rounding of a periodic weight with F words
 * √(F/6).
 */
final class Scales {

  /**
   * Limbs of an activation that enters Q, K and V: project, multiply, and one left for the reply.
   */
  static final int ATTENTION_LIMBS = 3;

  /** Limbs of packed attention weights: one is left when they have been spread. */
  static final int PACKED_LIMBS = ATTENTION_LIMBS + 1;

  /** Limbs at which queries meet keys. */
  static final int SCORE_LIMBS = 2;

  /**
   * Head room beyond a calibrated maximum, in bits. A ciphertext wraps around only when a
   * coefficient reaches q/2, and no coefficient exceeds the mean magnitude of the slots. So a mean
   * of half the calibrated maximum still fits; measured means are a fifth of it and less.
   */
  static final int MARGIN_BITS = -1;

  /** A product step stays at one limb while its output scale is at least this. */
  static final int ONE_LIMB_BITS_MIN = 40;

  static final double ACTIVATION = power(28);

  /**
   * Bits by which an activation's scale exceeds its weights' at one limb: rotations add 2¹³·⁵ to
   * the former, rounding about 2² to the latter, and weights are some 2³·⁵ smaller than
   * activations.
   */
  static final int ONE_LIMB_LEAD_BITS = 8;

  static final double QUERY_WEIGHT = power(20);
  static final double QUERY_MASK = power(18);
  static final double KEY_WEIGHT = power(38);
  static final double VALUE_WEIGHT = power(20);
  static final double WEIGHT_MASK = power(20);

  /** Bits of the scale of attention weights once they are spread. */
  private static final int KERNEL_BITS = 28;

  /** Meets row sums in products of the scale 2⁷⁸. */
  static final double HINGE_SLOPE = power(50);

  static final double BLOCK_EXPONENT = power(40);
  static final double HINGE = power(28);
  static final double HINGE_SIGN = power(18);
  static final double HINGE_MASK = power(18);
  static final double SUM_BLIND = power(30);
  static final double RECIPROCAL = power(36);
  static final double RECIPROCAL_BLIND = power(28);
  static final double TWO_LIMB_ACTIVATION = power(30);
  static final double TWO_LIMB_WEIGHT = power(46);

  /** Least scale of a weight or mask; below it, rounding shows in the labels. */
  private static final double WEIGHT_MIN = power(8);

  /**
   * Bits by which the largest slot may exceed the modulus: only coefficients must fit, and they are
   * no larger than the mean of the slots' magnitudes.
   */
  private static final int SPREAD_BITS = 2;

  private final CkksParameters parameters;
  private final Ranges ranges;

  Scales(CkksParameters parameters, Ranges ranges) {
    this.parameters = parameters;
    this.ranges = ranges;
  }

  private static double power(int exponent) {
    return Math.scalb(1.0, exponent);
  }

  private LayerRanges layer(int index) {
    return ranges.layers().get(index);
  }

  /** Largest calibrated value of what a round sends down; infinite if there is none. */
  double calibrated(Round round) {
    LayerRanges range = layer(round.layer());
    return switch (round.operation()) {
      case KERNEL -> range.score();
      case ACTIVATION -> range.preActivation();
      case POOL -> range.preNorm2();
      case REFRESH -> Math.max(range.preNorm1(), range.preNorm2());
      case HINGES, RECIPROCAL, TANH, RELU, GELU, ATTENTION, NORMALIZE -> Double.POSITIVE_INFINITY;
    };
  }

  /**
   * Refuses ranges that fit no scale: products would silently wrap around the modulus, or weights
   * would be rounded away.
   *
   * @throws IllegalArgumentException that names the layer and the range
   */
  void check(InferenceMode mode) {
    for (int i = 0; i < ranges.layers().size(); i++) {
      LayerRanges range = layer(i);
      require(i, "scores", range.score(), scoreMask(i) >= WEIGHT_MIN);
      require(
          i,
          "values before the first norm",
          range.preNorm1(),
          attentionOutput(i, mode).weight() >= WEIGHT_MIN);
      require(
          i, "FFN inputs", range.preActivation(), holds(intermediate(i), range.preActivation()));
      require(
          i,
          "values before the second norm",
          range.preNorm2(),
          holds(ffnOutput(i), range.preNorm2()));
    }
    require(ranges.layers().size() - 1, "outputs", ranges.output(), holds(head(), ranges.output()));
  }

  private boolean holds(LinearScale scale, double range) {
    double bits = Math.log(scale.output()) / Math.log(2) + rangeBits(range);
    return bits <= parameters.modulusBits(scale.limbs()) - 1 + SPREAD_BITS;
  }

  private void require(int layerIndex, String what, double range, boolean holds) {
    if (!(range >= 0 && holds)) {
      throw new IllegalArgumentException(
          "layer "
              + layerIndex
              + ": calibration measured "
              + what
              + " up to "
              + range
              + ", more than the scales of "
              + parameters
              + " hold; train the model with a penalty on large values, or calibrate it again");
    }
  }

  private double prime(int limb) {
    return parameters.dataPrime(limb).value();
  }

  /** ⌈log₂ range⌉ with head room; at least 1. */
  static int rangeBits(double range) {
    int bits = (int) Math.ceil(Math.log(Math.max(range, 1)) / Math.log(2)) + MARGIN_BITS;
    return Math.max(1, bits);
  }

  /** Scale of the 0/1 mask that gathers scores: what room the products leave. */
  double scoreMask(int layerIndex) {
    double query = ACTIVATION * QUERY_WEIGHT * QUERY_MASK / prime(2);
    double key = ACTIVATION * KEY_WEIGHT / prime(2);
    double room =
        parameters.modulusBits(SCORE_LIMBS)
            - 1
            - rangeBits(layer(layerIndex).score())
            - Math.log(query * key) / Math.log(2);
    return power((int) Math.min(22, Math.floor(room)));
  }

  /** Scale of packed attention weights, such that {@link #kernel} is near a fixed power of two. */
  double packedKernel() {
    return power(KERNEL_BITS + parameters.dataPrime(PACKED_LIMBS - 1).bits()) / WEIGHT_MASK;
  }

  /** Scale of attention weights once they are spread: masked and rescaled. */
  double kernel() {
    return packedKernel() * WEIGHT_MASK / prime(PACKED_LIMBS - 1);
  }

  /** Scale of what meets 1/g, such that the product can be added to slopes times row sums. */
  double hingeOffset() {
    return kernel() * HINGE_SLOPE / BLOCK_EXPONENT;
  }

  /** Scale of the attention output after its last rescale, at one limb. */
  double attention(InferenceMode mode) {
    double q1 = prime(1);
    double q2 = prime(2);
    double unnormalised = kernel() * (ACTIVATION * VALUE_WEIGHT) / q2;
    double factor =
        mode == InferenceMode.PAPER
            ? HINGE * HINGE_SIGN * HINGE_MASK / q2
            : RECIPROCAL * RECIPROCAL_BLIND / q2;
    return unnormalised * factor / q1;
  }

  /** A linear step whose output goes to the client: limbs, input scale, output scale. */
  LinearScale output(double range) {
    int bits = (int) Math.floor(parameters.modulusBits(1) - 1) - rangeBits(range);
    if (bits >= ONE_LIMB_BITS_MIN) {
      return new LinearScale(1, power((bits + ONE_LIMB_LEAD_BITS) / 2), power(bits));
    }
    return new LinearScale(2, TWO_LIMB_ACTIVATION, TWO_LIMB_ACTIVATION * TWO_LIMB_WEIGHT);
  }

  /** The attention output's projection: always at one limb. */
  LinearScale attentionOutput(int layerIndex, InferenceMode mode) {
    int bits =
        (int) Math.floor(parameters.modulusBits(1) - 1) - rangeBits(layer(layerIndex).preNorm1());
    return new LinearScale(1, attention(mode), power(bits));
  }

  /** The FFN's first product. */
  LinearScale intermediate(int layerIndex) {
    return output(layer(layerIndex).preActivation());
  }

  /** The FFN's second product. */
  LinearScale ffnOutput(int layerIndex) {
    return output(layer(layerIndex).preNorm2());
  }

  /** The classifier or pooled output: small, so always with two limbs. */
  LinearScale head() {
    return new LinearScale(2, TWO_LIMB_ACTIVATION, TWO_LIMB_ACTIVATION * TWO_LIMB_WEIGHT);
  }

  /**
   * Limbs and scales of a linear step.
   *
   * @param limbs limbs of the input
   * @param input scale of the input
   * @param output scale of the product
   */
  record LinearScale(int limbs, double input, double output) {
    /** Scale of the weights. */
    double weight() {
      return output / input;
    }
  }
}
