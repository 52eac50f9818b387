package io.cipherstream.ckks.limb;

import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;

/**
 * Key switching as SEAL does it: one digit a data prime, one special prime P.
 *
 * <pre>
 *   dⱼ   = INTT(targetⱼ)                          j &lt; ℓ
 *   accᵢ = Σⱼ NTT(dⱼ mod qᵢ) · keyⱼᵢ mod qᵢ       i &lt; ℓ and P; the digit's own prime is reused
 *   outᵢ = (accᵢ − [acc_P]) / P mod qᵢ            rounded: (P−1)/2 is added first
 * </pre>
 *
 * Transforms: (ℓ+1)(ℓ+2). Levels and scale do not change. Scratch is taken from {@link Lane}s, so
 * that host engines reuse memory while it is in the cache.
 */
final class KeySwitch {

  private final Emitter e;
  private final int limbs;

  KeySwitch(Emitter emitter, int limbs) {
    this.e = emitter;
    this.limbs = limbs;
  }

  /** Scratch of one key switch at ℓ limbs. */
  record Lane(Segment coefficients, Segment lifted, Segment sums, Segment remainders) {}

  /** Scratch of its own. */
  Lane lane() {
    return new Lane(
        e.scratch("digits", limbs),
        e.scratch("lifted", limbs * (limbs + 1)),
        e.scratch("sums", 2 * (limbs + 1)),
        e.scratch("remainders", 2 * limbs));
  }

  /** Scratch for the division alone. */
  Lane divisionLane() {
    Segment sums = e.scratch("sums", 2 * (limbs + 1));
    return new Lane(sums, sums, sums, e.scratch("remainders", 2 * limbs));
  }

  /**
   * out₀ = plus₀ + ks₀(target), out₁ = [plus₁ +] ks₁(target).
   *
   * @param target ℓ limbs in NTT form
   * @param keyLimbs limbs the key was given for, at least ℓ
   * @param plus addends for each polynomial, null for none
   */
  void plain(
      Operand[] target, Segment key, int keyLimbs, Operand[][] plus, Operand[][] out, Lane lane) {
    digits(target, lane.coefficients());
    lift(lane.coefficients(), lane.lifted());
    for (int i = 0; i <= limbs; i++) {
      int keyLimb = i == limbs ? keyLimbs : i;
      for (int p = 0; p < 2; p++) {
        Operand sum = e.limb(lane.sums(), p * (limbs + 1) + i);
        for (int j = 0; j < limbs; j++) {
          Operand factor = e.limb(key, (2 * j + p) * (keyLimbs + 1) + keyLimb);
          accumulate(j == 0, e.modulus(i, limbs), sum, lifted(target, lane.lifted(), i, j), factor);
        }
      }
    }
    divide(lane, plus, out);
  }

  /** dⱼ = INTT(targetⱼ). */
  void digits(Operand[] target, Segment coefficients) {
    for (int j = 0; j < limbs; j++) {
      e.code().intt(j, e.limb(coefficients, j), target[j]);
    }
  }

  /** lifted[i][j] = NTT(dⱼ mod qᵢ) for i ≠ j, i ≤ ℓ. */
  void lift(Segment coefficients, Segment lifted) {
    for (int i = 0; i <= limbs; i++) {
      for (int j = 0; j < limbs; j++) {
        if (i != j) {
          Operand to = e.limb(lifted, i * limbs + j);
          int modulus = e.modulus(i, limbs);
          e.code().reduce(modulus, to, e.limb(coefficients, j), j).ntt(modulus, to, to);
        }
      }
    }
  }

  /** NTT(dⱼ mod qᵢ): the target itself where i = j. */
  Operand lifted(Operand[] target, Segment lifted, int i, int j) {
    return i == j ? target[j] : e.limb(lifted, i * limbs + j);
  }

  void accumulate(boolean first, int modulus, Operand sum, Operand a, Operand b) {
    if (first) {
      e.code().mul(modulus, sum, a, b);
    } else {
      e.code().mac(modulus, sum, a, b);
    }
  }

  /** Divides both sums by P with rounding and adds the addends. */
  void divide(Lane lane, Operand[][] plus, Operand[][] out) {
    int special = e.special();
    long half = e.prime(special) >> 1;
    for (int p = 0; p < 2; p++) {
      Operand last = e.limb(lane.sums(), p * (limbs + 1) + limbs);
      e.code().intt(special, last, last).addc(special, last, last, half);
      for (int i = 0; i < limbs; i++) {
        Operand sum = e.limb(lane.sums(), p * (limbs + 1) + i);
        Operand to = out[p][i];
        Operand work = e.limb(lane.remainders(), p * limbs + i);
        divideLimb(e, i, special, half, sum, last, work, to);
        if (plus[p].length > 0) {
          e.code().add(i, to, to, plus[p][i]);
        }
      }
    }
  }

  /**
   * to = (value − ([last] − half)) / q_last modulo qᵢ: the division that key switching and
   * rescaling share, for one limb; last in coefficient form with half already added.
   */
  static void divideLimb(
      Emitter e,
      int i,
      int lastModulus,
      long half,
      Operand value,
      Operand last,
      Operand work,
      Operand to) {
    var q = e.parameters().ring().modulus(i);
    long correction = q.negate(half % q.value());
    long inverse = q.inverse(e.prime(lastModulus) % q.value());
    e.code()
        .reduce(i, work, last, lastModulus)
        .addc(i, work, work, correction)
        .ntt(i, work, work)
        .sub(i, to, value, work)
        .scale(i, to, to, inverse);
  }
}
