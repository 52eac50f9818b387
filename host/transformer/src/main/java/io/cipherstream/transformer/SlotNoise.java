package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/**
 * The errors that CKKS adds to slots, as independent complex Gaussians of stated variance.
 *
 * <p>An error polynomial whose N coefficients have variance v has values of mean square N·v at the
 * roots ζ of X^N + 1 (Costache et al., On the precision loss in approximate homomorphic encryption,
 * 2022, ePrint 2022/162, section 3). With scale Δ, data primes qⱼ, the special prime P, fresh
 * errors of variance σ² = 10.5 (SEAL's centred binomial of 42 bits) and a ternary secret s of mean
 * square ‖s‖² = 2N/3, the mean squares are, times Δ²:
 *
 * <pre>
 *   encoding        N/12; of a period of F slots, which has 2F coefficients, F/6
 *   encryption      N·σ² + N/12
 *   rescale         N/12·(1 + ‖s‖²): both polynomials are rounded, the second meets s;
 *                   of three polynomials N/12·(1 + ‖s‖² + 2‖s‖⁴)
 *   key switch      Σⱼ |Dⱼ(ζ)|²·N·σ²/P² + N/12·(1 + ‖s‖²): digits meet errors, then P is divided out
 *   digit j         |Dⱼ(ζ)|² = N·qⱼ²/12 + qⱼ²/|1 − ζ|²: residues in [0, qⱼ) have mean qⱼ/2, and
 *                   qⱼ/2·(1 + ζ + … + ζ^(N−1)) = qⱼ/(1 − ζ)
 * </pre>
 *
 * <p>All other errors follow from these, since they are computed with: a product multiplies each
 * operand's error by the other operand, a sum adds them. For one key the term with 1 − ζ is the
 * same in each switch; here each draws its own, so that many runs stand for many keys. Safe for
 * concurrent use; the same seed gives the same errors where one thread computes.
 */
final class SlotNoise {

  /** Variance of a coefficient of a fresh error in SEAL: 42 bits, each of variance 1/4. */
  static final double ERROR_VARIANCE = 10.5;

  private static final double ROUNDING_VARIANCE = 1.0 / 12;

  private final CkksParameters parameters;
  private final SplittableRandom source;
  private final double[] nearOne;

  /**
   * @throws IllegalArgumentException if the set has several special primes, whose digits and
   *     divisions these formulas do not describe
   */
  SlotNoise(CkksParameters parameters, long seed) {
    if (parameters.specialPrimes().size() != 1) {
      throw new IllegalArgumentException(
          "noise of parameter set "
              + parameters
              + " with "
              + parameters.specialPrimes().size()
              + " special primes: expected a set with one");
    }
    this.parameters = parameters;
    this.source = new SplittableRandom(seed);
    this.nearOne = nearOne(parameters.degree());
  }

  /** 1/|1 − ζ|² for each slot's root ζ = exp(πi·3^slot/N). */
  private static double[] nearOne(int degree) {
    double[] inverse = new double[degree / 2];
    long exponent = 1;
    for (int slot = 0; slot < inverse.length; slot++) {
      double distance = 2 * Math.sin(Math.PI * exponent / (2 * degree));
      inverse[slot] = 1 / (distance * distance);
      exponent = 3 * exponent % (2L * degree);
    }
    return inverse;
  }

  /** Slots of a plaintext, rounded to the coefficients of its encoding; F slots of period F. */
  SlotVector encoded(SlotVector slots, double scale) {
    return noisy(slots, scale, slot -> 2 * slots.re().length * ROUNDING_VARIANCE);
  }

  /** Slots of a fresh encryption. */
  SlotVector encrypted(SlotVector slots, double scale) {
    double meanSquare = parameters.degree() * (ERROR_VARIANCE + ROUNDING_VARIANCE);
    return noisy(slots, scale, slot -> meanSquare);
  }

  /**
   * Slots of a ciphertext after a rescale to the scale.
   *
   * @param size polynomials, 2 or 3
   */
  SlotVector rescaled(SlotVector slots, int size, double scale) {
    return noisy(slots, scale, slot -> division(size));
  }

  /** Slots of a ciphertext of that many limbs after its key switch. */
  SlotVector switched(SlotVector slots, int limbs, double scale) {
    double degree = parameters.degree();
    double special = parameters.specialPrimes().get(0).value();
    double squares = 0;
    for (int j = 0; j < limbs; j++) {
      double ratio = parameters.dataPrime(j).value() / special;
      squares += ratio * ratio;
    }
    double perDigit = squares * degree * ERROR_VARIANCE;
    return noisy(
        slots,
        scale,
        slot -> perDigit * (degree * ROUNDING_VARIANCE + nearOne[slot]) + division(2));
  }

  /** Rounding of each polynomial, times 1, s and s² at a root. */
  private double division(int size) {
    double secret = 2.0 * parameters.degree() / 3;
    double factors = 1 + secret + (size == 3 ? 2 * secret * secret : 0);
    return parameters.degree() * ROUNDING_VARIANCE * factors;
  }

  /**
   * @param meanSquare of the error of a slot times the scale
   */
  private SlotVector noisy(SlotVector slots, double scale, IntToDoubleFunction meanSquare) {
    SplittableRandom random = split();
    double[] re = slots.re().clone();
    double[] old = slots.im();
    double[] im = old == null ? new double[re.length] : old.clone();
    for (int i = 0; i < re.length; i++) {
      double deviation = Math.sqrt(meanSquare.applyAsDouble(i) / 2) / scale;
      re[i] += deviation * random.nextGaussian();
      im[i] += deviation * random.nextGaussian();
    }
    return new SlotVector(re, im);
  }

  private synchronized SplittableRandom split() {
    return source.split();
  }
}
