package io.cipherstream.ckks.limb;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/** Polynomials of ℤ[X]/(Xᴺ + 1) as integers and as limbs, by definition and without any engine. */
final class Polynomials {

  private final LimbRing ring;
  private final int degree;

  Polynomials(LimbRing ring) {
    this.ring = ring;
    this.degree = ring.degree();
  }

  /** Limb in NTT form: word k is the value at ψ^(2·bitrev(k)+1). */
  long[] toNtt(int modulus, long[] coefficients) {
    Modulus q = ring.modulus(modulus);
    long[] powers = powers(q, ring.root(modulus));
    long[] words = new long[degree];
    for (int k = 0; k < degree; k++) {
      for (int j = 0; j < degree; j++) {
        long power = powers[(int) (j * exponent(k) % (2L * degree))];
        words[k] = q.add(words[k], q.multiply(coefficients[j], power));
      }
    }
    return words;
  }

  /** Coefficients of a limb in NTT form. */
  long[] fromNtt(int modulus, long[] words) {
    Modulus q = ring.modulus(modulus);
    long[] powers = powers(q, q.inverse(ring.root(modulus)));
    long[] coefficients = new long[degree];
    for (int j = 0; j < degree; j++) {
      for (int k = 0; k < degree; k++) {
        long power = powers[(int) (j * exponent(k) % (2L * degree))];
        coefficients[j] = q.add(coefficients[j], q.multiply(words[k], power));
      }
      coefficients[j] = q.multiply(coefficients[j], q.inverse(degree));
    }
    return coefficients;
  }

  private long exponent(int k) {
    int bits = ring.degreeBits();
    return 2L * (Integer.reverse(k) >>> (32 - bits)) + 1;
  }

  private long[] powers(Modulus q, long root) {
    long[] powers = new long[2 * degree];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = q.multiply(powers[i - 1], root);
    }
    return powers;
  }

  /** Limbs in NTT form of integers, one for each modulus. */
  long[][] limbs(BigInteger[] integers, int... moduli) {
    return Arrays.stream(moduli)
        .mapToObj(m -> toNtt(m, residues(integers, ring.modulus(m))))
        .toArray(long[][]::new);
  }

  private static long[] residues(BigInteger[] integers, Modulus q) {
    BigInteger big = BigInteger.valueOf(q.value());
    return Arrays.stream(integers).mapToLong(x -> x.mod(big).longValue()).toArray();
  }

  /** The integers in [0, product of the moduli) that limbs in NTT form stand for. */
  BigInteger[] integers(long[][] limbs, int... moduli) {
    BigInteger product = product(moduli);
    BigInteger[] sum = zero();
    for (int i = 0; i < moduli.length; i++) {
      BigInteger q = BigInteger.valueOf(ring.modulus(moduli[i]).value());
      BigInteger rest = product.divide(q);
      BigInteger factor = rest.multiply(rest.modInverse(q));
      long[] coefficients = fromNtt(moduli[i], limbs[i]);
      for (int j = 0; j < degree; j++) {
        sum[j] = sum[j].add(factor.multiply(BigInteger.valueOf(coefficients[j]))).mod(product);
      }
    }
    return sum;
  }

  BigInteger product(int... moduli) {
    return Arrays.stream(moduli)
        .mapToObj(m -> BigInteger.valueOf(ring.modulus(m).value()))
        .reduce(BigInteger.ONE, BigInteger::multiply);
  }

  BigInteger[] zero() {
    BigInteger[] zero = new BigInteger[degree];
    Arrays.fill(zero, BigInteger.ZERO);
    return zero;
  }

  BigInteger[] add(BigInteger[] a, BigInteger[] b) {
    BigInteger[] sum = new BigInteger[degree];
    Arrays.setAll(sum, j -> a[j].add(b[j]));
    return sum;
  }

  /** a·b modulo Xᴺ + 1. */
  BigInteger[] multiply(BigInteger[] a, BigInteger[] b) {
    BigInteger[] product = zero();
    for (int i = 0; i < degree; i++) {
      for (int j = 0; j < degree; j++) {
        BigInteger term = a[i].multiply(b[j]);
        int at = (i + j) % degree;
        product[at] = i + j < degree ? product[at].add(term) : product[at].subtract(term);
      }
    }
    return product;
  }

  /** a(X^g). */
  BigInteger[] turned(BigInteger[] a, int galois) {
    BigInteger[] turned = zero();
    for (int j = 0; j < degree; j++) {
      int exponent = (int) ((long) j * galois % (2L * degree));
      turned[exponent % degree] = exponent < degree ? a[j] : a[j].negate();
    }
    return turned;
  }

  /** Residues of smallest magnitude. */
  static BigInteger[] centred(BigInteger[] a, BigInteger modulus) {
    BigInteger half = modulus.shiftRight(1);
    return Arrays.stream(a)
        .map(x -> x.add(half).mod(modulus).subtract(half))
        .toArray(BigInteger[]::new);
  }

  static BigInteger largest(List<BigInteger[]> polynomials) {
    return polynomials.stream()
        .flatMap(Arrays::stream)
        .map(BigInteger::abs)
        .max(BigInteger::compareTo)
        .orElse(BigInteger.ZERO);
  }
}
