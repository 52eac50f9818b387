package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.HingeNetwork;
import org.jspecify.annotations.Nullable;

/**
 * T(s) = Σⱼ cⱼ·ReLU(1 − s/kⱼ) + b as plaintexts, one hinge per position of every head, with the
 * bias as one more hinge whose pre-activation does not depend on s.
 *
 * <p>The client sends kernel values divided by a block exponent g (a power of two per token and
 * head) and 1/g, so what the appliance knows under encryption is ŝ = s/g. It sends |cⱼ|·(1/g −
 * ŝ/kⱼ) = |cⱼ|·(1 − s/kⱼ)/g; ReLU is positively homogeneous, so the client's g²·ReLU(·) is
 * g·|cⱼ|·ReLU(1 − s/kⱼ), and the signed sum is g·T(s), of order one whatever s is.
 *
 * @param slopes −|cⱼ|/kⱼ, at the scale that meets the row sums
 * @param offsets |cⱼ|, at the scale that meets 1/g
 * @param signs sign(cⱼ), 0 at unused positions
 */
record EncodedHinges(
    PeriodicPlaintexts slopes, PeriodicPlaintexts offsets, PeriodicPlaintexts signs) {

  static EncodedHinges encode(
      PlainSource source,
      Packing packing,
      Scales scales,
      int hinges,
      @Nullable HingeNetwork network) {
    int chunks = packing.hingeChunks(hinges);
    return new EncodedHinges(
        source.encode(
            chunks, chunk -> row(packing, chunk, j -> slope(network, j)), 2, Scales.HINGE_SLOPE),
        source.encode(
            chunks,
            chunk -> row(packing, chunk, j -> Math.abs(coefficient(network, j))),
            2,
            scales.hingeOffset()),
        source.encode(
            chunks,
            chunk -> row(packing, chunk, j -> Math.signum(coefficient(network, j))),
            Scales.ATTENTION_LIMBS,
            Scales.HINGE_SIGN));
  }

  private static double[] row(
      Packing packing, int chunk, java.util.function.IntToDoubleFunction value) {
    double[] row = new double[packing.tokens().features()];
    for (int i = 0; i < row.length; i++) {
      row[i] = value.applyAsDouble(chunk * packing.stride() + i % packing.stride());
    }
    return row;
  }

  /** cⱼ, the bias at j = number of hinges, 0 beyond. */
  private static double coefficient(@Nullable HingeNetwork network, int j) {
    if (network == null || j > network.hinges()) {
      return 0;
    }
    return j == network.hinges() ? network.bias() : network.coefficients()[j];
  }

  private static double slope(@Nullable HingeNetwork network, int j) {
    if (network == null || j >= network.hinges()) {
      return 0;
    }
    return -Math.abs(network.coefficients()[j]) / network.knots()[j];
  }
}
