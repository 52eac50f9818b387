package io.cipherstream.ring;

/**
 * The negacyclic transform of one modulus, in the plainest form that takes O(N log N) steps.
 *
 * <p>Forward: d[k] = Σⱼ a[j]·ψ^(j·(2·bitrev(k)+1)), by log₂ N rounds of butterflies (u, v) → (u +
 * w·v, u − w·v), the roots w in bit-reversed order. The inverse undoes the rounds from the last to
 * the first with w⁻¹, each of which leaves a factor 2, and divides by N in the end. Safe for
 * concurrent use.
 */
public final class NttTable {

  private final Modulus q;
  private final int degree;
  private final long[] roots;
  private final long[] inverseRoots;
  private final long inverseDegree;

  /**
   * @param modulus index in the ring's table
   */
  public NttTable(LimbRing ring, int modulus) {
    q = ring.modulus(modulus);
    degree = ring.degree();
    roots = powersReversed(ring.root(modulus), ring.degreeBits());
    inverseRoots = powersReversed(q.inverse(ring.root(modulus)), ring.degreeBits());
    inverseDegree = q.inverse(q.reduceSigned(degree));
  }

  /** Entry i is base^bitrev(i). */
  private long[] powersReversed(long base, int bits) {
    long[] powers = new long[1 << bits];
    long power = 1;
    for (int exponent = 0; exponent < powers.length; exponent++) {
      powers[reverse(exponent, bits)] = power;
      power = q.multiply(power, base);
    }
    return powers;
  }

  /** bitrev: the low {@code bits} bits of a number in reverse order. */
  static int reverse(int number, int bits) {
    return Integer.reverse(number) >>> (Integer.SIZE - bits);
  }

  /** Transforms N canonical words in place. */
  public void forward(long[] x) {
    for (int blocks = 1, half = degree / 2; half > 0; blocks *= 2, half /= 2) {
      for (int block = 0; block < blocks; block++) {
        long root = roots[blocks + block];
        for (int j = 2 * half * block; j < 2 * half * block + half; j++) {
          long u = x[j];
          long v = q.multiply(x[j + half], root);
          x[j] = q.add(u, v);
          x[j + half] = q.subtract(u, v);
        }
      }
    }
  }

  /** Transforms N canonical words back in place. */
  public void inverse(long[] x) {
    for (int blocks = degree / 2, half = 1; blocks > 0; blocks /= 2, half *= 2) {
      for (int block = 0; block < blocks; block++) {
        long root = inverseRoots[blocks + block];
        for (int j = 2 * half * block; j < 2 * half * block + half; j++) {
          long sum = q.add(x[j], x[j + half]);
          long difference = q.subtract(x[j], x[j + half]);
          x[j] = sum;
          x[j + half] = q.multiply(difference, root);
        }
      }
    }
    for (int j = 0; j < degree; j++) {
      x[j] = q.multiply(x[j], inverseDegree);
    }
  }
}
