package io.cipherstream.ckks;

import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.Modulus;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Encodes periodic slot vectors u of period F with a transform of size F instead of N.
 *
 * <p>Slot i ↔ the root ζ^(3^i), ζ = e^(iπ/N), as in SEAL. A vector with period F is p(X^(N/2F)), p
 * of 2F coefficients
 *
 * <pre>  cⱼ = (Δ/F) Σₜ v[t] cos(π(2t+1)j / 2F),   c_{2F−j} = −cⱼ,   c_F = 0,</pre>
 *
 * for real u, where v is u ordered by angle: v[t] = u[i] when 3^i is ±(2t+1) modulo 4F. That is a
 * cosine transform of size F, done here by one complex Fourier transform of size F/2. Imaginary
 * parts add
 *
 * <pre>  sⱼ = (Δ/F) Σₜ ±w[t] sin(π(2t+1)j / 2F),   s_{2F−j} = sⱼ,</pre>
 *
 * w ordered alike and the sign that of ±(2t+1). Since 3^i is (−1)ⁱ modulo 4, s_{F−j} is the cosine
 * transform of (−1)ⁱ times the imaginary part of slot i. The rounded coefficients then go through
 * an engine's own transform for each prime, or where it has none through {@link PeriodicTransform},
 * which has the same words. Immutable; safe for concurrent use, each call has its own work space.
 */
public final class PeriodicEncoder {

  private final CkksParameters parameters;
  private final int period;
  private final int[] placeOfSlot;
  private final HalfFourier fourier;
  private final double[] shiftCos;
  private final double[] shiftSin;
  private final @Nullable LimbEngine engine;
  private final AtomicReferenceArray<PeriodicTransform> transforms;

  /**
   * @throws CkksException if the period is not a power of two of at most N/2
   */
  public PeriodicEncoder(CkksParameters parameters, int period) {
    this(parameters, period, null);
  }

  /**
   * @param engine is asked first for each row's transforms ({@link LimbEngine#transform}); null
   *     where all are done here
   * @throws CkksException if the period is not a power of two of at most N/2
   */
  PeriodicEncoder(CkksParameters parameters, int period, @Nullable LimbEngine engine) {
    if (period < 1 || Integer.bitCount(period) != 1 || period > parameters.slots()) {
      throw new CkksException(
          Kind.SHAPE,
          "encodePeriodic: period "
              + period
              + ", expected a power of two of at most "
              + parameters.slots());
    }
    this.parameters = parameters;
    this.period = period;
    this.engine = engine;
    this.fourier = new HalfFourier(period);
    this.placeOfSlot = places(period);
    this.shiftCos = new double[period];
    this.shiftSin = new double[period];
    for (int j = 0; j < period; j++) {
      shiftCos[j] = Math.cos(Math.PI * j / (2.0 * period));
      shiftSin[j] = Math.sin(Math.PI * j / (2.0 * period));
    }
    this.transforms = new AtomicReferenceArray<>(parameters.ring().moduli().size());
  }

  /** Made when it is first needed: an engine's own takes its place mostly. */
  private PeriodicTransform transform(int modulus) {
    PeriodicTransform made = transforms.get(modulus);
    if (made == null) {
      made = new PeriodicTransform(parameters.ring().modulus(modulus), parameters.degree(), period);
      transforms.set(modulus, made);
    }
    return made;
  }

  /** Period F of the rows. */
  public int period() {
    return period;
  }

  /**
   * Encodes real rows of length F.
   *
   * <p>Coefficients beyond 2⁶² are rounded at a smaller scale and multiplied by a power of two
   * modulo each prime: a double holds no more than 53 bits of them anyway.
   *
   * @throws CkksException if a row has another length, a value is not finite, or |value| · scale
   *     reaches half the modulus
   */
  public EncodedPeriodicPlaintexts encode(double[][] rows, int limbs, double scale) {
    return encode(rows, false, limbs, scale);
  }

  /** Encodes complex rows of 2F values, F real parts and then F imaginary ones; as the other. */
  public EncodedPeriodicPlaintexts encodeComplex(double[][] rows, int limbs, double scale) {
    return encode(rows, true, limbs, scale);
  }

  private EncodedPeriodicPlaintexts encode(
      double[][] rows, boolean complex, int limbs, double scale) {
    CkksChecks.rows("encodePeriodic", parameters, rows, limbs, scale);
    int length = complex ? 2 * period : period;
    if (rows[0].length != length) {
      throw new CkksException(
          Kind.SHAPE, "encodePeriodic: a row of " + rows[0].length + " values, expected " + length);
    }
    double largest = 0;
    for (double[] row : rows) {
      for (double value : row) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    int shift = 0;
    double most = complex ? 2 * largest : largest;
    while (Math.scalb(most * scale, -shift) >= CkksChecks.COEFFICIENT_MAX) {
      shift++;
    }
    EncodedPeriodicPlaintexts result =
        new EncodedPeriodicPlaintexts(parameters, rows.length, period, complex, limbs, scale);
    int[] moduli = new int[result.rowLimbs()];
    for (int limb = 0; limb < moduli.length; limb++) {
      moduli[limb] = limb < limbs ? limb : parameters.dataLimbs() + limb - limbs;
    }
    Work work = new Work(period, complex);
    for (int r = 0; r < rows.length; r++) {
      coefficients(rows[r], complex, Math.scalb(scale, -shift), work);
      ByteBuffer target = result.window(r);
      if (shift > 0
          || engine == null
          || !engine.transform(moduli, work.coefficients, result.limbWords(), target.duplicate())) {
        transform(moduli, shift, work.coefficients, result.limbWords(), target.asLongBuffer());
      }
    }
    return result;
  }

  private void transform(
      int[] moduli, int shift, long[] coefficients, int limbWords, LongBuffer target) {
    long[] words = new long[limbWords];
    for (int modulus : moduli) {
      if (limbWords == period) {
        transform(modulus).forward(coefficients, words);
      } else {
        transform(modulus).forwardWhole(coefficients, words);
      }
      scaleByPowerOfTwo(words, shift, parameters.ring().modulus(modulus));
      target.put(words);
    }
  }

  private static void scaleByPowerOfTwo(long[] words, int shift, Modulus q) {
    if (shift > 0) {
      long factor = q.power(2, shift);
      for (int i = 0; i < words.length; i++) {
        words[i] = q.multiply(words[i], factor);
      }
    }
  }

  private static final class Work {
    final double[] values;
    final double[] real;
    final double[] imaginary;
    final long[] coefficients;

    Work(int period, boolean complex) {
      this.values = new double[period];
      this.real = new double[period];
      this.imaginary = new double[complex ? period : 0];
      this.coefficients = new long[2 * period];
    }
  }

  /** For each slot the place of its value in the Fourier transform's input. */
  private int[] places(int size) {
    int[] places = new int[size];
    int exponent = 1;
    int order = 4 * size;
    for (int i = 0; i < size; i++) {
      int odd = Math.min(exponent, order - exponent);
      int t = odd / 2;
      // y = (v0, v2, v4, …, v5, v3, v1): the cosine transform of v is a rotated transform of y
      places[i] = fourier.place(t % 2 == 0 ? t / 2 : size - 1 - t / 2);
      exponent = exponent * 3 % order;
    }
    return places;
  }

  /** All 2F of them, those of real rows having cⱼ = −c_{2F−j}. */
  private void coefficients(double[] row, boolean complex, double scale, Work work) {
    long[] c = work.coefficients;
    for (int i = 0; i < period; i++) {
      work.values[placeOfSlot[i]] = row[i];
    }
    cosines(scale, work, work.real);
    if (!complex) {
      c[0] = (long) Math.rint(work.real[0]);
      c[period] = 0;
      for (int j = 1; j < period; j++) {
        c[j] = (long) Math.rint(work.real[j]);
        c[2 * period - j] = -c[j];
      }
      return;
    }
    for (int i = 0; i < period; i++) {
      work.values[placeOfSlot[i]] = i % 2 == 0 ? row[period + i] : -row[period + i];
    }
    cosines(scale, work, work.imaginary);
    for (int j = 0; j < period; j++) {
      double sine = j == 0 ? 0 : work.imaginary[period - j];
      double mirrored = j == 0 ? 0 : work.real[period - j];
      c[j] = (long) Math.rint(work.real[j] + sine);
      c[period + j] = (long) Math.rint(work.imaginary[j] - mirrored);
    }
  }

  /** The scaled cosine transform of the values in the work space. */
  private void cosines(double scale, Work work, double[] to) {
    fourier.transform(work.values);
    fourier.rotatedRealParts(work.values, shiftCos, shiftSin, scale / period, to);
  }
}
