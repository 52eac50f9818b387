package io.cipherstream.ckks;

import io.cipherstream.ring.Modulus;

/**
 * The negacyclic transform of size 2F modulo q: its half for polynomials with c₂F₋ⱼ = −cⱼ, or the
 * whole for any.
 *
 * <p>A polynomial with that symmetry has p̂[2F−1−k] = p̂[k] in bit-reversed order. The first
 * butterfly layer of the transform of size 2F sends its first half to bⱼ = cⱼ + I·c_{j+F} = cⱼ −
 * I·c_{F−j}, I = √−1 modulo q, and what remains, a transform of size F on b, yields p̂[0..F).
 * Butterflies are Harvey's, lazily in [0, 4q), with Shoup's precomputed quotients; results are
 * canonical.
 */
final class PeriodicTransform {

  private final Modulus modulus;
  private final long q;
  private final int period;
  private final long[] roots;
  private final long[] quotients;

  /**
   * Root table of SEAL's order: ψ₂F^bitrev(k), k &lt; 2F, ψ₂F = ψ^(N/2F), ψ the smallest 2N-th
   * root.
   */
  PeriodicTransform(Modulus modulus, int degree, int period) {
    this.modulus = modulus;
    this.q = modulus.value();
    this.period = period;
    int size = 2 * period;
    long root = modulus.power(modulus.smallestPrimitiveRoot(2 * degree), degree / size);
    this.roots = new long[size];
    this.quotients = new long[size];
    int bits = Integer.numberOfTrailingZeros(size);
    long power = 1;
    for (int i = 0; i < size; i++) {
      int k = Integer.reverse(i) >>> (32 - bits);
      roots[k] = power;
      quotients[k] = shoupQuotient(power, q);
      power = modulus.multiply(power, root);
    }
  }

  /** ⌊w · 2⁶⁴ / q⌋ as an unsigned word. */
  private static long shoupQuotient(long w, long q) {
    return java.math.BigInteger.valueOf(w)
        .shiftLeft(64)
        .divide(java.math.BigInteger.valueOf(q))
        .longValue();
  }

  /**
   * @param coefficients c₀ … c_{F−1}, |cⱼ| ≤ 2⁶²
   * @param words receives p̂[0..F), canonical
   */
  void forward(long[] coefficients, long[] words) {
    long root = roots[1];
    long quotient = quotients[1];
    words[0] = canonical(coefficients[0]);
    for (int j = 1; j < period; j++) {
      words[j] = canonical(coefficients[j]);
    }
    // b_j and b_{F-j} need each other's coefficients.
    for (int j = 1; 2 * j <= period; j++) {
      long a = words[j];
      long b = words[period - j];
      words[j] = a + 2 * q - multiplyLazy(b, root, quotient);
      words[period - j] = b + 2 * q - multiplyLazy(a, root, quotient);
    }
    int length = period;
    for (int groups = 1; groups < period; groups <<= 1) {
      length >>= 1;
      layer(words, 2 * groups, groups, length);
    }
    reduce(words);
  }

  /**
   * @param coefficients c₀ … c₂F₋₁, |cⱼ| ≤ 2⁶²
   * @param words receives p̂[0..2F) in bit-reversed order, canonical
   */
  void forwardWhole(long[] coefficients, long[] words) {
    for (int j = 0; j < words.length; j++) {
      words[j] = canonical(coefficients[j]);
    }
    int length = words.length;
    for (int groups = 1; groups < words.length; groups <<= 1) {
      length >>= 1;
      layer(words, groups, groups, length);
    }
    reduce(words);
  }

  /** From [0, 4q) to [0, q). */
  private void reduce(long[] words) {
    for (int k = 0; k < words.length; k++) {
      long w = words[k];
      w -= w >= 2 * q ? 2 * q : 0;
      words[k] = w >= q ? w - q : w;
    }
  }

  /** A layer of butterflies whose groups have the roots from {@code first} on. */
  private void layer(long[] words, int first, int groups, int length) {
    long twice = 2 * q;
    for (int g = 0; g < groups; g++) {
      long root = roots[first + g];
      long quotient = quotients[first + g];
      int start = 2 * g * length;
      for (int j = start; j < start + length; j++) {
        long u = words[j];
        u -= u >= twice ? twice : 0;
        long v = multiplyLazy(words[j + length], root, quotient);
        words[j] = u + v;
        words[j + length] = u + twice - v;
      }
    }
  }

  private long canonical(long c) {
    if (c >= 0 ? c < q : c > -q) {
      return c + (q & (c >> 63));
    }
    return modulus.reduceSigned(c);
  }

  /** x · w modulo q in [0, 2q), for any x below 2⁶³. */
  private long multiplyLazy(long x, long w, long quotient) {
    // x ≥ 0: the unsigned high word is the signed one, plus x when the quotient's top bit is set
    long high = Math.multiplyHigh(x, quotient) + (x & (quotient >> 63));
    return x * w - high * q;
  }
}
