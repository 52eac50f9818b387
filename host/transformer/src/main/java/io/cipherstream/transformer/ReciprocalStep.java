package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The reciprocal round of COMPACT: the client sees ρ·ŝ and returns 1/(ρ·ŝ), the appliance
 * multiplies by ρ.
 *
 * <p>ρ is drawn anew for every inference, log-uniform in [1/{@value #BLIND_MAX}, {@value
 * #BLIND_MAX}], one per token and head; one per position would let the client average it away. It
 * is obfuscation: the client could derive ŝ from the kernel values it computed itself.
 */
final class ReciprocalStep {

  /** Largest factor. */
  static final double BLIND_MAX = 4;

  private final ModelContext context;
  private final List<double[]> factors;

  ReciprocalStep(ModelContext context, RandomGenerator random) {
    this.context = context;
    this.factors =
        java.util.stream.IntStream.range(0, context.headBlocks())
            .mapToObj(block -> draw(random))
            .toList();
  }

  private double[] draw(RandomGenerator random) {
    double[] slots = new double[context.packing().tokens().slots()];
    int stride = context.packing().stride();
    double logMax = Math.log(BLIND_MAX);
    for (int from = 0; from < slots.length; from += stride) {
      double factor = Math.exp(random.nextDouble(-logMax, logMax));
      java.util.Arrays.fill(slots, from, from + stride, factor);
    }
    return slots;
  }

  /** ρ·ŝ at two limbs. */
  List<Ciphertext> blinded(StepContext ctx, List<Ciphertext> rowSums) {
    return ctx.map(
        rowSums.size(),
        (s, block) -> scaled(s, s.drop(rowSums.get(block), 2), block, Scales.SUM_BLIND));
  }

  /** ρ · 1/(ρ·ŝ) = 1/ŝ at two limbs. */
  List<Ciphertext> factors(StepContext ctx, List<Ciphertext> reciprocals) {
    return ctx.map(
        reciprocals.size(),
        (s, block) -> s.rescale(scaled(s, reciprocals.get(block), block, Scales.RECIPROCAL_BLIND)));
  }

  private Ciphertext scaled(StepContext ctx, Ciphertext a, int block, double scale) {
    return ctx.multiplyPlain(a, ctx.encode(factors.get(block), a.limbs(), scale));
  }
}
