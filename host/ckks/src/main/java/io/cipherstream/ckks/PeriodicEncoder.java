package io.cipherstream.ckks;

import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ring.Modulus;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * Encodes periodic slot vectors u of period F with a transform of size F instead of N.
 *
 * <p>Slot i ↔ the root ζ^(3^i), ζ = e^(iπ/N), as in SEAL. A vector with period F is p(X^(N/2F)), p
 * of 2F coefficients
 *
 * <pre>  cⱼ = (Δ/F) Σₜ v[t] cos(π(2t+1)j / 2F),   c_{2F−j} = −cⱼ,   c_F = 0,</pre>
 *
 * for real u, where v is u ordered by angle: v[t] = u[i] when 3^i is ±(2t+1) modulo 4F. That is a
 * cosine transform of size F, done here by one complex Fourier transform of size F. Imaginary parts
 * add
 *
 * <pre>  sⱼ = (Δ/F) Σₜ ±w[t] sin(π(2t+1)j / 2F),   s_{2F−j} = sⱼ,</pre>
 *
 * w ordered alike and the sign that of ±(2t+1). Since 3^i is (−1)ⁱ modulo 4, s_{F−j} is the cosine
 * transform of (−1)ⁱ times the imaginary part of slot i. The rounded coefficients then go through
 * {@link PeriodicTransform} for each prime. Immutable; safe for concurrent use, each call has its
 * own work space.
 */
public final class PeriodicEncoder {

  private final CkksParameters parameters;
  private final int period;
  private final int[] placeOfSlot;
  private final double[] fourierCos;
  private final double[] fourierSin;
  private final double[] shiftCos;
  private final double[] shiftSin;
  private final PeriodicTransform[] transforms;

  /**
   * @throws CkksException if the period is not a power of two of at most N/2
   */
  public PeriodicEncoder(CkksParameters parameters, int period) {
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
    this.placeOfSlot = places(period);
    this.fourierCos = new double[Math.max(1, period / 2)];
    this.fourierSin = new double[Math.max(1, period / 2)];
    for (int i = 0; i < period / 2; i++) {
      fourierCos[i] = Math.cos(2 * Math.PI * i / period);
      fourierSin[i] = -Math.sin(2 * Math.PI * i / period);
    }
    this.shiftCos = new double[period];
    this.shiftSin = new double[period];
    for (int j = 0; j < period; j++) {
      shiftCos[j] = Math.cos(Math.PI * j / (2.0 * period));
      shiftSin[j] = Math.sin(Math.PI * j / (2.0 * period));
    }
    this.transforms =
        parameters.ring().moduli().stream()
            .map(q -> new PeriodicTransform(q, parameters.degree(), period))
            .toArray(PeriodicTransform[]::new);
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
    Work work = new Work(period, result.limbWords());
    for (int r = 0; r < rows.length; r++) {
      coefficients(rows[r], complex, Math.scalb(scale, -shift), work);
      LongBuffer target = result.window(r).asLongBuffer();
      for (int limb = 0; limb < result.rowLimbs(); limb++) {
        int modulus = limb < limbs ? limb : parameters.dataLimbs() + limb - limbs;
        if (complex) {
          transforms[modulus].forwardWhole(work.coefficients, work.words);
        } else {
          transforms[modulus].forward(work.coefficients, work.words);
        }
        scaleByPowerOfTwo(work.words, shift, parameters.ring().modulus(modulus));
        target.put(work.words);
      }
    }
    return result;
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
    final double[] re;
    final double[] im;
    final double[] real;
    final double[] imaginary;
    final long[] coefficients;
    final long[] words;

    Work(int period, int words) {
      this.re = new double[period];
      this.im = new double[period];
      this.real = new double[period];
      this.imaginary = new double[period];
      this.coefficients = new long[words];
      this.words = new long[words];
    }
  }

  /** For each slot the bit-reversed place of its value in the Fourier transform's input. */
  private static int[] places(int period) {
    int[] places = new int[period];
    int bits = Integer.numberOfTrailingZeros(period);
    int exponent = 1;
    int order = 4 * period;
    for (int i = 0; i < period; i++) {
      int odd = Math.min(exponent, order - exponent);
      int t = odd / 2;
      // y = (v0, v2, v4, …, v5, v3, v1): the cosine transform of v is a rotated transform of y
      int y = t % 2 == 0 ? t / 2 : period - 1 - t / 2;
      places[i] = bits == 0 ? 0 : Integer.reverse(y) >>> (32 - bits);
      exponent = exponent * 3 % order;
    }
    return places;
  }

  private void coefficients(double[] row, boolean complex, double scale, Work work) {
    long[] c = work.coefficients;
    for (int i = 0; i < period; i++) {
      work.re[placeOfSlot[i]] = row[i];
    }
    cosines(scale, work, work.real);
    if (!complex) {
      for (int j = 0; j < period; j++) {
        c[j] = (long) Math.rint(work.real[j]);
      }
      return;
    }
    for (int i = 0; i < period; i++) {
      work.re[placeOfSlot[i]] = i % 2 == 0 ? row[period + i] : -row[period + i];
    }
    cosines(scale, work, work.imaginary);
    for (int j = 0; j < period; j++) {
      double sine = j == 0 ? 0 : work.imaginary[period - j];
      double mirrored = j == 0 ? 0 : work.real[period - j];
      c[j] = (long) Math.rint(work.real[j] + sine);
      c[period + j] = (long) Math.rint(work.imaginary[j] - mirrored);
    }
  }

  /** The scaled cosine transform of what stands in the work space's real part. */
  private void cosines(double scale, Work work, double[] to) {
    Arrays.fill(work.im, 0);
    fourier(work.re, work.im);
    double factor = scale / period;
    for (int j = 0; j < period; j++) {
      to[j] = factor * (work.re[j] * shiftCos[j] + work.im[j] * shiftSin[j]);
    }
  }

  /** Y[j] = Σ y[t] e^(−2πi·tj/F), input in bit-reversed order. */
  private void fourier(double[] re, double[] im) {
    for (int half = 1; half < period; half <<= 1) {
      int stride = period / (2 * half);
      for (int start = 0; start < period; start += 2 * half) {
        for (int j = 0; j < half; j++) {
          int a = start + j;
          int b = a + half;
          double c = fourierCos[j * stride];
          double s = fourierSin[j * stride];
          double x = re[b] * c - im[b] * s;
          double y = re[b] * s + im[b] * c;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  }
}
