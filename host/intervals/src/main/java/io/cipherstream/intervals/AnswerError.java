package io.cipherstream.intervals;

import io.cipherstream.ckks.CkksParameters;
import java.util.Arrays;

/**
 * A bound on how far any slot of an answer may be from its whole number, for every secret, every
 * track and every randomness: not a likely error but the largest. Below a quarter, rounding gives
 * the number itself, and what is further off was not computed from this client's ciphertexts.
 *
 * <p>A polynomial whose coefficients are at most c in magnitude has slots of at most N·c. The
 * secret's coefficients are −1, 0 or 1. Coefficients of errors are at most {@link #E}, that of
 * SEAL's centred binomial distribution of 42 bits. With these:
 *
 * <ul>
 *   <li>a fresh ciphertext at scale Δ: N·(E + ½ + f)/Δ, where f is the rounding of a transform in
 *       doubles, {@link #TRANSFORM} of the largest coefficient
 *   <li>a product of v and w with errors d and e: |v|·e + |w|·d + d·e
 *   <li>a relinearisation at scale Δ: N·(N·E·Σqⱼ/P + ½(1 + N))/Δ over its limbs' primes qⱼ
 *   <li>a rescale to scale Δ: N·½(1 + N)/Δ
 *   <li>the encryption of zero that the appliance adds to its answer at scale Δ, with an error, a
 *       key's error and a secret: N·(E·(2N + 1) + ½(1 + N))/Δ
 * </ul>
 */
final class AnswerError {

  /** Largest coefficient of an error. */
  private static final double E = 21;

  /** 16 · 13 roundings of 2⁻⁵³ each: more than a transform of 2¹³ values makes. */
  private static final double TRANSFORM = 16 * 13 * 0x1p-53;

  private static final int BIN_SIZE_TRIED_MAX = 1 << 30;
  private static final CkksParameters SET = IntervalPlan.PARAMETERS;
  private static final double N = SET.degree();

  private AnswerError() {}

  /**
   * The bound for a plan.
   *
   * @param binSize b, in base pairs
   */
  static double of(IntervalPlan plan, int binSize) {
    return switch (plan.mode()) {
      case SINGLE -> single(plan, binSize);
      case PAIR -> pair(plan);
    };
  }

  /**
   * Largest power of two of base pairs in a bin with which every answer about tracks of {@code
   * chunks} chunks is exact.
   */
  static int binSizeMax(int chunks) {
    int most = 1;
    while (most < BIN_SIZE_TRIED_MAX && isExact(chunks, 2 * most)) {
      most *= 2;
    }
    return most;
  }

  private static boolean isExact(int chunks, int binSize) {
    return Arrays.stream(IntervalMode.values())
        .allMatch(mode -> of(new IntervalPlan(mode, chunks), binSize) < WholeNumbers.ERROR_MAX);
  }

  /** Largest value of an answer's slot. */
  static double most(IntervalPlan plan, int binSize) {
    return switch (plan.mode()) {
      case SINGLE -> (double) plan.chunks() * binSize;
      case PAIR -> Plane.NEAR_MAX + 2.0 * Plane.TOUCH;
    };
  }

  private static double single(IntervalPlan plan, int binSize) {
    double scale = Plane.COVERED.form().scale() * plan.mask().scale();
    double error =
        plan.chunks()
            * product(binSize, fresh(binSize, Plane.COVERED.form().scale()), 1, mask(plan));
    return error + relinearized(Plane.LIMBS, scale) + sent(plan, binSize);
  }

  private static double pair(IntervalPlan plan) {
    double touched = fresh(Plane.TOUCH, Plane.TOUCHED.form().scale());
    double nearest = Plane.NEAR.most(0);
    double near = fresh(nearest, Plane.NEAR.form().scale());
    double scale = Plane.TOUCHED.form().scale();
    double first =
        product(Plane.TOUCH, touched, nearest, near)
            + relinearized(Plane.LIMBS, scale * Plane.NEAR.form().scale())
            + rescaled(scale)
            + 2 * touched;
    double second = product(most(plan, 0), first, 1, mask(plan));
    return second + relinearized(Plane.LIMBS - 1, scale * plan.mask().scale()) + sent(plan, 0);
  }

  private static double mask(IntervalPlan plan) {
    return fresh(1, plan.mask().scale());
  }

  private static double fresh(double most, double scale) {
    return N * (E + 0.5 + TRANSFORM * most * scale) / scale;
  }

  private static double product(double v, double d, double w, double e) {
    return v * e + w * d + d * e;
  }

  private static double relinearized(int limbs, double scale) {
    double digits = 0;
    for (int i = 0; i < limbs; i++) {
      digits += (double) SET.dataPrime(i).value() / SET.specialPrime().value();
    }
    return N * (N * E * digits + (1 + N) / 2) / scale;
  }

  private static double rescaled(double scale) {
    return N * (1 + N) / 2 / scale;
  }

  /** The last rescale, the encryption of zero, and the client's transform. */
  private static double sent(IntervalPlan plan, int binSize) {
    double scale = plan.result().get(0).scale();
    return rescaled(scale)
        + N * (E * (2 * N + 1) + (1 + N) / 2) / scale
        + N * TRANSFORM * most(plan, binSize);
  }
}
