package io.cipherstream.ring;

import java.math.BigInteger;

/**
 * An odd prime q below 2⁶¹ and exact arithmetic modulo q on canonical words in [0, q).
 *
 * <p>The product uses a 128-bit intermediate reduced by Barrett's method with the 128-bit constant
 * ⌊2¹²⁸/q⌋, the same words as SEAL's {@code multiply_uint_mod}. Immutable.
 */
public final class Modulus {

  /** Largest bit length of a modulus. */
  public static final int BITS_MAX = 61;

  private final long q;
  private final long ratioHigh;
  private final long ratioLow;

  /**
   * @throws IllegalArgumentException if q is not an odd prime of at most {@value #BITS_MAX} bits
   */
  public Modulus(long q) {
    if (q < 3 || 64 - Long.numberOfLeadingZeros(q) > BITS_MAX) {
      throw new IllegalArgumentException(
          "modulus " + q + ": expected an odd prime of 2 to " + BITS_MAX + " bits");
    }
    BigInteger big = BigInteger.valueOf(q);
    if (!big.isProbablePrime(64) || q % 2 == 0) {
      throw new IllegalArgumentException("modulus " + q + " is not an odd prime");
    }
    this.q = q;
    BigInteger ratio = BigInteger.ONE.shiftLeft(128).divide(big);
    this.ratioHigh = ratio.shiftRight(64).longValue();
    this.ratioLow = ratio.longValue();
  }

  /** The prime q. */
  public long value() {
    return q;
  }

  /** Number of bits of q. */
  public int bits() {
    return 64 - Long.numberOfLeadingZeros(q);
  }

  /** (a + b) mod q for a, b in [0, q). */
  public long add(long a, long b) {
    long s = a + b;
    return s >= q ? s - q : s;
  }

  /** (a − b) mod q for a, b in [0, q). */
  public long subtract(long a, long b) {
    long d = a - b;
    return d < 0 ? d + q : d;
  }

  /** −a mod q for a in [0, q). */
  public long negate(long a) {
    return a == 0 ? 0 : q - a;
  }

  /** a · b mod q for a, b in [0, q). */
  public long multiply(long a, long b) {
    return reduce(Math.multiplyHigh(a, b), a * b);
  }

  /** (high · 2⁶⁴ + low) mod q, the pair read as an unsigned 128-bit number below q · 2⁶⁴. */
  public long reduce(long high, long low) {
    long carry = unsignedMultiplyHigh(low, ratioLow);
    long midLow = low * ratioHigh;
    long midHigh = unsignedMultiplyHigh(low, ratioHigh);
    long sum = midLow + carry;
    midHigh += Long.compareUnsigned(sum, carry) < 0 ? 1 : 0;
    long crossLow = high * ratioLow;
    long crossHigh = unsignedMultiplyHigh(high, ratioLow);
    long total = sum + crossLow;
    crossHigh += Long.compareUnsigned(total, crossLow) < 0 ? 1 : 0;
    long quotient = high * ratioHigh + midHigh + crossHigh;
    long r = low - quotient * q;
    return r >= q ? r - q : r;
  }

  /** value mod q for any signed 64-bit value. */
  public long reduceSigned(long value) {
    long r = value % q;
    return r < 0 ? r + q : r;
  }

  /** base^exponent mod q, exponent ≥ 0. */
  public long power(long base, long exponent) {
    long result = 1;
    long square = base;
    for (long e = exponent; e > 0; e >>= 1) {
      if ((e & 1) != 0) {
        result = multiply(result, square);
      }
      square = multiply(square, square);
    }
    return result;
  }

  /** a⁻¹ mod q for a in [1, q). */
  public long inverse(long a) {
    if (a == 0) {
      throw new ArithmeticException("0 has no inverse modulo " + q);
    }
    return power(a, q - 2);
  }

  /**
   * The smallest primitive {@code order}-th root of unity modulo q, as SEAL chooses it.
   *
   * @throws IllegalArgumentException if order is not a power of two that divides q − 1
   */
  public long smallestPrimitiveRoot(int order) {
    if (order < 2 || Integer.bitCount(order) != 1 || (q - 1) % order != 0) {
      throw new IllegalArgumentException(
          "order " + order + ": expected a power of two that divides " + (q - 1));
    }
    long root = 0;
    for (long g = 2; root == 0; g++) {
      long candidate = power(g, (q - 1) / order);
      if (power(candidate, order / 2) == q - 1) {
        root = candidate;
      }
    }
    long step = multiply(root, root);
    long smallest = root;
    long current = root;
    for (int i = 0; i < order / 2; i++) {
      smallest = Math.min(smallest, current);
      current = multiply(current, step);
    }
    return smallest;
  }

  private static long unsignedMultiplyHigh(long a, long b) {
    return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Modulus m && m.q == q;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(q);
  }

  @Override
  public String toString() {
    return Long.toString(q);
  }
}
