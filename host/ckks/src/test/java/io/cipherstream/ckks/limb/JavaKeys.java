package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A secret key and the key-switching keys made from it, in plain Java, for tests over small rings:
 * with one special prime in SEAL's form, with several in the hybrid form.
 */
final class JavaKeys implements KeyWords {

  /** Largest magnitude of a coefficient of an error. */
  static final int ERROR_MAX = 21;

  private static final int RELINEARIZATION = 0;

  final CkksParameters parameters;
  final Polynomials polynomials;
  final BigInteger[] secret;
  private final LimbRing ring;
  private final SplittableRandom random;
  private final Map<Integer, Key> keys = new HashMap<>();
  private final List<Runnable> closing = new ArrayList<>();

  /** {@code [digit][poly][limb][word]} of a key for that many limbs. */
  record Key(int limbs, long[][][][] words) {}

  JavaKeys(CkksParameters parameters, SplittableRandom random) {
    this.parameters = parameters;
    this.ring = parameters.ring();
    this.random = random;
    this.polynomials = new Polynomials(ring);
    this.secret = small(1);
  }

  /** Makes the key for a rotation. */
  JavaKeys rotation(int step, int limbs) {
    int element = parameters.galoisElement(step);
    int back = Galois.inverse(element, parameters.degree());
    BigInteger[] turned = polynomials.turned(secret, element);
    keys.put(
        CkksChecks.keyStep("rotation", parameters, step),
        parameters.hybrid()
            ? key(limbs, polynomials.turned(secret, back), secret)
            : key(limbs, secret, turned));
    return this;
  }

  /** Makes the relinearisation key. */
  JavaKeys relinearization(int limbs) {
    keys.put(RELINEARIZATION, key(limbs, secret, polynomials.multiply(secret, secret)));
    return this;
  }

  /** Digit j: (−a·to + e + P·gⱼ·from, a), gⱼ being 1 modulo its primes and 0 modulo the others. */
  private Key key(int limbs, BigInteger[] to, BigInteger[] from) {
    int specials = parameters.specialPrimes().size();
    int[] moduli = moduli(limbs);
    BigInteger p = polynomials.product(moduliOfSpecials());
    long[][] under = polynomials.limbs(to, moduli);
    long[][][][] words = new long[parameters.digits(limbs)][2][moduli.length][];
    for (int j = 0; j < words.length; j++) {
      long[][] error = polynomials.limbs(small(ERROR_MAX), moduli);
      for (int i = 0; i < moduli.length; i++) {
        Modulus q = ring.modulus(moduli[i]);
        long[] a = random.longs(parameters.degree(), 0, q.value()).toArray();
        long[] c0 = error[i];
        boolean own = i < limbs && i / specials == j;
        long factor = own ? p.mod(BigInteger.valueOf(q.value())).longValue() : 0;
        long[] source = own ? polynomials.limbs(from, moduli[i])[0] : new long[a.length];
        for (int k = 0; k < a.length; k++) {
          c0[k] = q.subtract(c0[k], q.multiply(a[k], under[i][k]));
          c0[k] = q.add(c0[k], q.multiply(factor, source[k]));
        }
        words[j][0][i] = c0;
        words[j][1][i] = a;
      }
    }
    return new Key(limbs, words);
  }

  /** Moduli of a key for that many limbs: data primes, then the special ones. */
  int[] moduli(int limbs) {
    return IntStream.concat(IntStream.range(0, limbs), Arrays.stream(moduliOfSpecials())).toArray();
  }

  int[] moduliOfSpecials() {
    return IntStream.range(parameters.dataLimbs(), ring.moduli().size()).toArray();
  }

  Key key(int step) {
    return keys.get(CkksChecks.keyStep("key", parameters, step));
  }

  private BigInteger[] small(int most) {
    return random
        .ints(parameters.degree(), -most, most + 1)
        .mapToObj(BigInteger::valueOf)
        .toArray(BigInteger[]::new);
  }

  @Override
  public OptionalInt rotationLimbs(int step) {
    return limbs(CkksChecks.keyStep("key", parameters, step));
  }

  @Override
  public OptionalInt relinearizationLimbs() {
    return limbs(RELINEARIZATION);
  }

  private OptionalInt limbs(int step) {
    Key key = keys.get(step);
    return key == null ? OptionalInt.empty() : OptionalInt.of(key.limbs());
  }

  @Override
  public void copyRotationDigit(int step, int digit, ByteBuffer destination) {
    for (long[][] poly : key(step).words()[digit]) {
      for (long[] limb : poly) {
        Arrays.stream(limb).forEach(destination::putLong);
      }
    }
  }

  @Override
  public void copyRelinearizationDigit(int digit, ByteBuffer destination) {
    copyRotationDigit(RELINEARIZATION, digit, destination);
  }

  @Override
  public void onClose(Runnable action) {
    closing.add(action);
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
  }
}
