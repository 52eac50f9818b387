package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Key switching with k special primes, P their product: digit j holds the residues of the k data
 * primes q_{jk} … q_{jk+k−1}, as far as there are ℓ.
 *
 * <pre>
 *   ModUp    Dⱼ   = the digit as an integer (fast {@link BaseConversion}), modulo all ℓ + k moduli
 *            acc  = Σⱼ Dⱼ · keyⱼ                    over the ℓ + k moduli
 *   ModDown  out  = (acc − [acc]) / P mod qᵢ        [acc] ≡ acc modulo P, at most kP/2 in magnitude
 * </pre>
 *
 * A coefficient of c₀ + c₁·s is off by less than Σⱼ N·|Dⱼ|·|eⱼ|/P + k/2·(1 + ‖s‖₁), eⱼ the errors
 * of the key. Transforms: ⌈ℓ/k⌉·(ℓ+k) in ModUp, 2(ℓ+k) in ModDown: 120 at ℓ = 16 and k = 4, where
 * one special prime takes 306. Levels and scale do not change.
 */
final class HybridKeySwitch {

  private final Emitter e;
  private final LimbRing ring;
  private final int limbs;
  private final int specials;
  private final int extended;
  private final List<int[]> digits = new ArrayList<>();
  private final BaseConversion fromSpecials;

  HybridKeySwitch(Emitter emitter, int limbs) {
    CkksParameters parameters = emitter.parameters();
    this.e = emitter;
    this.ring = parameters.ring();
    this.limbs = limbs;
    this.specials = parameters.specialPrimes().size();
    this.extended = limbs + specials;
    this.fromSpecials =
        new BaseConversion(e, IntStream.range(e.special(), e.special() + specials).toArray());
    for (int first = 0; first < limbs; first += specials) {
      digits.add(IntStream.range(first, Math.min(first + specials, limbs)).toArray());
    }
  }

  /** ℓ + k: limbs of a polynomial over the data primes and the special ones. */
  int extended() {
    return extended;
  }

  /** The digits of a polynomial modulo all ℓ + k moduli, NTT form. */
  record Decomposed(Operand[][] digits) {}

  /** Scratch for the digits of one polynomial. */
  record DigitScratch(Segment coefficients, Segment lifted) {}

  /** Scratch of its own. */
  DigitScratch digitScratch() {
    return new DigitScratch(
        e.scratch("digits", limbs), e.scratch("lifted", digits.size() * extended));
  }

  /** Digits of a polynomial of ℓ limbs in NTT form; a task a digit. */
  Decomposed modUp(Operand[] target, DigitScratch scratch) {
    Operand[][] all = new Operand[digits.size()][extended];
    for (int j = 0; j < all.length; j++) {
      e.code().task();
      int[] own = digits.get(j);
      Operand[] y = new Operand[own.length];
      for (int i = 0; i < y.length; i++) {
        y[i] = e.limb(scratch.coefficients(), own[i]);
        e.code().intt(own[i], y[i], target[own[i]]);
      }
      BaseConversion conversion = new BaseConversion(e, own);
      conversion.digits(y);
      for (int i = 0; i < extended; i++) {
        all[j][i] = isOwn(j, i) ? target[i] : e.limb(scratch.lifted(), j * extended + i);
        if (!isOwn(j, i)) {
          conversion.convert(e.modulus(i, limbs), all[j][i], y, 0);
        }
      }
      for (int i = 0; i < extended; i++) {
        if (!isOwn(j, i)) {
          e.code().ntt(e.modulus(i, limbs), all[j][i], all[j][i]);
        }
      }
    }
    return new Decomposed(all);
  }

  private boolean isOwn(int digit, int limb) {
    return limb < limbs && limb / specials == digit;
  }

  /**
   * outₚ = σ(plusₚ + ksₚ) + alsoₚ, ks the switched polynomial; a task a limb.
   *
   * @param keyLimbs limbs the key was given for, at least ℓ
   * @param plus ℓ limbs for each polynomial, or none
   * @param element Galois element of σ, 1 for none
   * @param also ℓ limbs for each polynomial, or none; not the memory of {@code out}
   */
  void switchKey(
      Decomposed target,
      Segment key,
      int keyLimbs,
      HybridLane lane,
      Operand[][] plus,
      Operand[][] out,
      int element,
      Operand[][] also) {
    for (int p = 0; p < 2; p++) {
      e.code().task();
      for (int i = limbs; i < extended; i++) {
        product(target, key, keyLimbs, p, i, lane.sum(p, i));
      }
      beginModDown(lane.sums(p));
    }
    for (int i = 0; i < limbs; i++) {
      e.code().task();
      for (int p = 0; p < 2; p++) {
        product(target, key, keyLimbs, p, i, lane.sum(p, i));
        Operand straight = element == 1 ? out[p][i] : lane.work(p, i);
        modDown(i, lane.sums(p), lane.remainder(p, i), straight);
        if (plus[p].length > 0) {
          e.code().add(i, straight, straight, plus[p][i]);
        }
        if (element != 1) {
          e.code().perm(i, out[p][i], straight, element);
        }
        if (also[p].length > 0) {
          e.code().add(i, out[p][i], out[p][i], also[p][i]);
        }
      }
    }
  }

  /** sum = Σⱼ Dⱼᵢ · keyⱼᵢ of one polynomial for limb i of ℓ + k. */
  void product(Decomposed target, Segment key, int keyLimbs, int poly, int i, Operand sum) {
    int keyLimb = i < limbs ? i : keyLimbs + i - limbs;
    int modulus = e.modulus(i, limbs);
    for (int j = 0; j < target.digits().length; j++) {
      Operand factor = e.limb(key, (2 * j + poly) * (keyLimbs + specials) + keyLimb);
      if (j == 0) {
        e.code().mul(modulus, sum, target.digits()[j][i], factor);
      } else {
        e.code().mac(modulus, sum, target.digits()[j][i], factor);
      }
    }
  }

  /** Turns the special limbs of a sum of ℓ + k limbs into what {@link #modDown} takes. */
  void beginModDown(Operand[] sum) {
    Operand[] y = Arrays.copyOfRange(sum, limbs, extended);
    for (int t = 0; t < specials; t++) {
      int m = e.special() + t;
      e.code().intt(m, y[t], y[t]).addc(m, y[t], y[t], offset(ring.modulus(m)));
    }
    fromSpecials.digits(y);
  }

  /** to = sum / P of limb i, rounded but for a multiple of at most k/2; work is scratch. */
  void modDown(int i, Operand[] sum, Operand work, Operand to) {
    Modulus q = ring.modulus(i);
    Operand[] y = Arrays.copyOfRange(sum, limbs, extended);
    fromSpecials.convert(i, work, y, q.negate(offset(q)));
    e.code().ntt(i, work, work).sub(i, to, sum[i], work).scale(i, to, to, q.inverse(product(q)));
  }

  /** P mod q. */
  long product(Modulus q) {
    long product = 1;
    for (int t = 0; t < specials; t++) {
      product = q.multiply(product, e.prime(e.special() + t) % q.value());
    }
    return product;
  }

  /**
   * ⌊kP/2⌋ mod q: fast conversion gives a number in [0, kP), which this brings to the middle. Its
   * double is kP, or kP − 1 if that is odd, and 2 has an inverse.
   */
  private long offset(Modulus q) {
    long twice = q.multiply(specials % q.value(), product(q));
    return q.multiply(specials % 2 == 0 ? twice : q.subtract(twice, 1), q.inverse(2));
  }
}
