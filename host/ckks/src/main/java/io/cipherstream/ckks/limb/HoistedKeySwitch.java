package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;

/**
 * Several rotations of one ciphertext that share the decomposition of c₁, with SEAL's words.
 *
 * <p>SEAL permutes c₁ first and decomposes then: its digit j is σ(dⱼ) with q_j added wherever σ
 * flipped the sign of a coefficient that is not 0. Lifted to qᵢ and transformed that is PERM(Dᵢⱼ) +
 * q_j · NTT(flips), D the lifted digits of the unpermuted c₁. Against the key the second part is a
 * constant of key and level, so
 *
 * <pre>accᵢ = Σⱼ PERM(Dᵢⱼ)·keyⱼᵢ + NTT(flips) · Σⱼ q_j·keyⱼᵢ = PERM(Σⱼ Dᵢⱼ·key′ⱼᵢ + c′ᵢ),</pre>
 *
 * key′ and c′ being the key and the constant permuted back. The rounded division by P is symmetric
 * in sign (P is odd), so the permutation moves behind it, where 2ℓ limbs are left. The exception, a
 * digit coefficient that is exactly 0, is counted by {@code ZEROS}; then the plain way must be
 * taken. Transforms of r rotations: ℓ + ℓ² + r(2ℓ + 2).
 *
 * <p>Prepared key at ℓ limbs: {@code [i ≤ ℓ][c₀, c₁][j < ℓ, then c′]}, 2(ℓ+1)² limbs.
 */
final class HoistedKeySwitch {

  private HoistedKeySwitch() {}

  /** Words of a prepared key at ℓ limbs. */
  static long preparedWords(int limbs, int degree) {
    return 2L * (limbs + 1) * (limbs + 1) * degree;
  }

  /**
   * The program that prepares a key: inputs the key for {@code keyLimbs} limbs and the sign flips
   * as a limb of zeros and ones, output the prepared key at ℓ limbs.
   */
  static LimbProgram prepare(CkksParameters parameters, int limbs, int keyLimbs, int element) {
    Emitter e = new Emitter("prepare key", parameters);
    int back = Galois.inverse(element, parameters.degree());
    Segment key = e.keyInput("key", keyLimbs);
    Segment flips = e.code().input("flips", e.degree());
    Segment out = e.code().output("prepared", preparedWords(limbs, e.degree()));
    Segment work = e.scratch("work", 3);
    Operand mask = e.limb(work, 0);
    Operand sum = e.limb(work, 1);
    Operand term = e.limb(work, 2);
    for (int i = 0; i <= limbs; i++) {
      int m = e.modulus(i, limbs);
      Modulus q = parameters.ring().modulus(m);
      int keyLimb = i == limbs ? keyLimbs : i;
      e.code().ntt(m, mask, flips.at(0));
      for (int p = 0; p < 2; p++) {
        e.code().fill(m, sum, 0);
        for (int j = 0; j < limbs; j++) {
          Operand digit = e.limb(key, (2 * j + p) * (keyLimbs + 1) + keyLimb);
          e.code().perm(m, e.limb(out, place(limbs, i, p, j)), digit, back);
          if (j != i) {
            e.code().scale(m, term, digit, e.prime(j) % q.value()).add(m, sum, sum, term);
          }
        }
        e.code().mul(m, term, sum, mask);
        e.code().perm(m, e.limb(out, place(limbs, i, p, limbs)), term, back);
      }
    }
    return e.build();
  }

  private static int place(int limbs, int i, int poly, int digit) {
    return (2 * i + poly) * (limbs + 1) + digit;
  }

  /** The decomposition that the rotations share. */
  record Shared(Operand[] c0, Operand[] c1, Segment lifted, Operand ones) {}

  /** Decomposes c₁ of a ciphertext; one task. */
  static Shared decompose(Emitter e, KeySwitch keySwitch, int limbs, Operand[] c0, Operand[] c1) {
    Segment coefficients = e.scratch("digits", limbs);
    Segment lifted = e.scratch("lifted", limbs * (limbs + 1));
    e.code().task();
    keySwitch.digits(c1, coefficients);
    for (int j = 0; j < limbs; j++) {
      e.code().zeros(j, e.limb(coefficients, j));
    }
    keySwitch.lift(coefficients, lifted);
    return new Shared(c0, c1, lifted, ones(e));
  }

  /** A limb of ones, of which programs read the first line only. */
  private static Operand ones(Emitter e) {
    Segment ones = e.scratch("ones", 1);
    e.code().fill(0, ones.at(0), 1);
    return ones.at(0);
  }

  /** One rotation: out = σ(c₀ + ks₀, ks₁). */
  static void rotate(
      Emitter e,
      KeySwitch keySwitch,
      int limbs,
      Shared shared,
      Segment prepared,
      int element,
      Operand[][] out,
      KeySwitch.Lane lane,
      Segment unpermuted) {
    Repeat one = new Repeat(e.parameters().ring().degreeBits() - 3, false);
    for (int i = 0; i <= limbs; i++) {
      int m = e.modulus(i, limbs);
      for (int p = 0; p < 2; p++) {
        Operand sum = e.limb(lane.sums(), p * (limbs + 1) + i);
        for (int j = 0; j < limbs; j++) {
          Operand digit = keySwitch.lifted(shared.c1(), shared.lifted(), i, j);
          Operand factor = e.limb(prepared, place(limbs, i, p, j));
          keySwitch.accumulate(j == 0, m, sum, digit, factor);
        }
        Operand constant = e.limb(prepared, place(limbs, i, p, limbs));
        e.code().binary(Opcode.MAC, m, sum, constant, shared.ones(), one);
      }
    }
    Operand[][] straight = {e.poly(unpermuted, limbs, 0), e.poly(unpermuted, limbs, 1)};
    keySwitch.divide(lane, new Operand[][] {shared.c0(), {}}, straight);
    for (int p = 0; p < 2; p++) {
      for (int i = 0; i < limbs; i++) {
        e.code().perm(i, out[p][i], straight[p][i], element);
      }
    }
  }
}
