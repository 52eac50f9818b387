package io.cipherstream.ckks;

import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.NttTable;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Noise that is added to an answer, so that it is no more precise than it need be and the rounding
 * errors in it say less of how it was computed.
 *
 * <p>A value that a reader takes as the mean of n of the N/2 slots is off by a Gaussian of standard
 * deviation σ: each of the N coefficients of what the ciphertext encrypts gets a rounded one of
 * σ·Δ·√(2n/N), Δ the scale. The mean of m slots is off by σ·√(n/m). Limbs and scale stay as they
 * are. Safe for concurrent use.
 */
public final class Flooding {

  /** Coefficients stay within so many deviations but with a probability below 2⁻¹⁰⁰. */
  private static final double DEVIATIONS = 12;

  private final CkksParameters parameters;
  private final double deviation;
  private final NttTable[] transforms;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param deviation σ, in units of a slot; finite and at least 0, where 0 changes nothing
   */
  public Flooding(CkksParameters parameters, double deviation) {
    if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "flooding: expected a finite deviation of at least 0, received " + deviation);
    }
    this.parameters = parameters;
    this.deviation = deviation;
    this.transforms =
        IntStream.range(0, parameters.dataLimbs())
            .mapToObj(limb -> new NttTable(parameters.ring(), limb))
            .toArray(NttTable[]::new);
  }

  /** σ. */
  public double deviation() {
    return deviation;
  }

  /**
   * Adds fresh noise.
   *
   * @param a its words are changed
   * @param read n, slots whose mean is a value: all of them, or 1 where each has its own
   * @throws CkksException of kind SCALE if the noise would not fit into the ciphertext's modulus
   */
  public void add(HostCiphertext a, int read) {
    if (read < 1 || read > parameters.slots()) {
      throw new IllegalArgumentException(
          "flooding: values of " + read + " slots, expected 1 to " + parameters.slots());
    }
    if (deviation == 0) {
      return;
    }
    CiphertextForm form = a.form();
    CkksChecks.form("flooding", parameters, form);
    double perCoefficient = deviation * form.scale() * Math.sqrt(2.0 * read / parameters.degree());
    double half = 0.5;
    for (int limb = 0; limb < form.limbs(); limb++) {
      half *= parameters.dataPrime(limb).value();
    }
    if (DEVIATIONS * perCoefficient >= Math.min(half, CkksChecks.COEFFICIENT_MAX)) {
      throw new CkksException(
          Kind.SCALE,
          "flooding: noise of "
              + deviation
              + " at scale "
              + form.scale()
              + " does not fit "
              + form);
    }
    int degree = parameters.degree();
    RandomGenerator source = new Drawn(random, degree);
    long[] noise = new long[degree];
    for (int k = 0; k < degree; k++) {
      noise[k] = Math.round(perCoefficient * source.nextGaussian());
    }
    LongBuffer words = a.words().asLongBuffer();
    long[] transformed = new long[degree];
    for (int limb = 0; limb < form.limbs(); limb++) {
      Modulus q = parameters.dataPrime(limb);
      for (int k = 0; k < degree; k++) {
        transformed[k] = q.reduceSigned(noise[k]);
      }
      transforms[limb].forward(transformed);
      for (int k = 0; k < degree; k++) {
        int at = limb * degree + k;
        words.put(at, q.add(words.get(at), transformed[k]));
      }
    }
  }

  /** A cryptographic source that is asked for many words at once. */
  private static final class Drawn implements RandomGenerator {
    private final SecureRandom random;
    private final byte[] bytes;
    private final ByteBuffer rest;

    Drawn(SecureRandom random, int words) {
      this.random = random;
      this.bytes = new byte[Long.BYTES * words];
      this.rest = ByteBuffer.wrap(bytes).position(bytes.length);
    }

    @Override
    public long nextLong() {
      if (!rest.hasRemaining()) {
        random.nextBytes(bytes);
        rest.clear();
      }
      return rest.getLong();
    }
  }
}
