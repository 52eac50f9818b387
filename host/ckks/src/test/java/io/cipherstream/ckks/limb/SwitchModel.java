package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A key switch with integers of any length and exact divisions: digits, products modulo QP, and the
 * division by P. With one special prime it is SEAL's.
 */
final class SwitchModel {

  private final CkksParameters parameters;
  private final JavaKeys keys;
  private final Polynomials polynomials;
  private final int limbs;
  private final int[] data;
  private final int[] specials;
  private final BigInteger q;
  private final BigInteger p;

  SwitchModel(JavaKeys keys, int limbs) {
    this.keys = keys;
    this.parameters = keys.parameters;
    this.polynomials = keys.polynomials;
    this.limbs = limbs;
    this.data = IntStream.range(0, limbs).toArray();
    this.specials = keys.moduliOfSpecials();
    this.q = polynomials.product(data);
    this.p = polynomials.product(specials);
  }

  BigInteger q() {
    return q;
  }

  /** The two switched polynomials of a target of ℓ limbs in NTT form, as integers modulo q. */
  BigInteger[][] switched(long[][] target, JavaKeys.Key key) {
    BigInteger[][] sums = {polynomials.zero(), polynomials.zero()};
    List<BigInteger[]> digits = digits(target);
    for (int poly = 0; poly < 2; poly++) {
      for (int j = 0; j < digits.size(); j++) {
        long[][] all = key.words()[j][poly];
        long[][] used =
            IntStream.range(0, all.length)
                .filter(i -> i < limbs || i >= key.limbs())
                .mapToObj(i -> all[i])
                .toArray(long[][]::new);
        BigInteger[] factor = polynomials.integers(used, keys.moduli(limbs));
        sums[poly] = polynomials.add(sums[poly], polynomials.multiply(digits.get(j), factor));
      }
      sums[poly] = Arrays.stream(sums[poly]).map(this::divided).toArray(BigInteger[]::new);
    }
    return sums;
  }

  /** The digits as integers in [0, n·D), n primes of product D each. */
  List<BigInteger[]> digits(long[][] target) {
    List<BigInteger[]> digits = new ArrayList<>();
    for (int first = 0; first < limbs; first += specials.length) {
      int[] own = IntStream.range(first, Math.min(limbs, first + specials.length)).toArray();
      long[][] coefficients =
          Arrays.stream(own)
              .mapToObj(i -> polynomials.fromNtt(i, target[i]))
              .toArray(long[][]::new);
      BigInteger[] digit = new BigInteger[parameters.degree()];
      for (int k = 0; k < digit.length; k++) {
        int at = k;
        digit[k] = converted(own, i -> BigInteger.valueOf(coefficients[i][at]));
      }
      digits.add(digit);
    }
    return digits;
  }

  private interface Residue {
    BigInteger of(int index);
  }

  /** Σᵢ (xᵢ·(M/mᵢ)⁻¹ mod mᵢ)·M/mᵢ. */
  private BigInteger converted(int[] moduli, Residue x) {
    BigInteger product = polynomials.product(moduli);
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < moduli.length; i++) {
      BigInteger m = polynomials.product(moduli[i]);
      BigInteger rest = product.divide(m);
      sum = sum.add(x.of(i).multiply(rest.modInverse(m)).mod(m).multiply(rest));
    }
    return sum;
  }

  private BigInteger divided(BigInteger sum) {
    BigInteger offset = p.multiply(BigInteger.valueOf(specials.length)).shiftRight(1);
    BigInteger remainder = converted(specials, t -> sum.add(offset)).subtract(offset);
    BigInteger[] exact = sum.subtract(remainder).divideAndRemainder(p);
    if (exact[1].signum() != 0) {
      throw new AssertionError("P does not divide what is to be divided");
    }
    return exact[0].mod(q);
  }

  /**
   * What |c₀ + c₁·s| may be off by after the switch: the digits times the keys' errors over P, and
   * the two roundings, k/2 each at most, the second times the secret.
   */
  BigInteger bound(long[][] target) {
    BigInteger n = BigInteger.valueOf(parameters.degree());
    BigInteger digits = BigInteger.ZERO;
    for (BigInteger[] digit : digits(target)) {
      digits = digits.add(Polynomials.largest(List.<BigInteger[]>of(digit)));
    }
    BigInteger errors = digits.multiply(n).multiply(BigInteger.valueOf(JavaKeys.ERROR_MAX));
    BigInteger ones =
        Arrays.stream(keys.secret).map(BigInteger::abs).reduce(BigInteger.ONE, BigInteger::add);
    BigInteger rounding =
        ones.multiply(BigInteger.valueOf(specials.length)).multiply(p).shiftRight(1);
    return errors.add(rounding).divide(p).add(BigInteger.ONE);
  }

  /**
   * The same of a baby-step-giant-step product: {@code switches} switches of sums of {@code terms}
   * babies, each times a diagonal of coefficients up to {@code largest}, whatever is divided when.
   */
  BigInteger productBound(int switches, int terms, long largest) {
    BigInteger n = BigInteger.valueOf(parameters.degree());
    BigInteger digits = BigInteger.ZERO;
    for (int first = 0; first < limbs; first += specials.length) {
      int[] own = IntStream.range(first, Math.min(limbs, first + specials.length)).toArray();
      digits = digits.add(polynomials.product(own).multiply(BigInteger.valueOf(own.length)));
    }
    BigInteger errors = digits.multiply(n).multiply(BigInteger.valueOf(JavaKeys.ERROR_MAX));
    BigInteger ones = n.add(BigInteger.ONE);
    BigInteger rounding =
        ones.multiply(BigInteger.valueOf(specials.length)).multiply(p).shiftRight(1);
    BigInteger baby = errors.add(rounding).multiply(n).multiply(BigInteger.valueOf(largest));
    BigInteger inner = baby.multiply(BigInteger.valueOf(terms));
    return inner
        .add(errors)
        .add(rounding)
        .multiply(BigInteger.valueOf(switches))
        .divide(p)
        .add(BigInteger.ONE);
  }
}
