package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.Plaintext;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The reciprocal round of COMPACT: the client sees ρ·ŝ and returns 1/(ρ·ŝ), the server multiplies
 * by ρ.
 *
 * <p>ρ is drawn anew for every inference, log-uniform in [1/{@value #BLIND_MAX}, {@value
 * #BLIND_MAX}], one per token and head; one per position would let the client average it away. It
 * is obfuscation: the client could derive ŝ from the kernel values it computed itself.
 */
final class ReciprocalStep {

  /** Largest factor. */
  static final double BLIND_MAX = 4;

  private final ModelContext context;
  private final StepContext ctx;
  private final List<double[]> factors;

  ReciprocalStep(ModelContext context, StepContext ctx, RandomGenerator random) {
    this.context = context;
    this.ctx = ctx;
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
  List<Ciphertext> blinded(List<Ciphertext> rowSums) {
    return ctx.parallel()
        .map(
            rowSums.size(),
            block -> {
              try (Ciphertext sum = ctx.drop(rowSums.get(block), 2)) {
                return scaled(sum, block, Scales.SUM_BLIND);
              }
            });
  }

  /** ρ · 1/(ρ·ŝ) = 1/ŝ at two limbs. */
  List<Ciphertext> factors(List<Ciphertext> reciprocals) {
    return ctx.parallel()
        .map(
            reciprocals.size(),
            block -> {
              try (Running product =
                  new Running(scaled(reciprocals.get(block), block, Scales.RECIPROCAL_BLIND))) {
                return product.then(ctx.evaluator()::rescale).take();
              }
            });
  }

  private Ciphertext scaled(Ciphertext a, int block, double scale) {
    try (Plaintext factor = ctx.evaluator().encode(factors.get(block), a.limbs(), scale)) {
      return ctx.evaluator().multiplyPlain(a, factor);
    }
  }
}
