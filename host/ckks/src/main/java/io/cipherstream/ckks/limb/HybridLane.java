package io.cipherstream.ckks.limb;

import io.cipherstream.ring.Operand;

/**
 * Scratch of one hybrid key switch at ℓ limbs, for each of the two polynomials.
 *
 * @param sums ℓ + k limbs
 * @param remainders ℓ limbs, what is taken off before the division
 * @param works ℓ limbs, a result before its automorphism
 */
record HybridLane(Operand[][] sums, Operand[][] remainders, Operand[][] works) {

  /** Scratch of its own. */
  static HybridLane of(Emitter e, int limbs, int extended) {
    return new HybridLane(
        polynomials(e, "sums", extended),
        polynomials(e, "remainders", limbs),
        polynomials(e, "straight", limbs));
  }

  private static Operand[][] polynomials(Emitter e, String name, int limbs) {
    var segment = e.scratch(name, 2 * limbs);
    return new Operand[][] {e.poly(segment, limbs, 0), e.poly(segment, limbs, 1)};
  }

  Operand[] sums(int poly) {
    return sums[poly];
  }

  Operand sum(int poly, int limb) {
    return sums[poly][limb];
  }

  Operand remainder(int poly, int limb) {
    return remainders[poly][limb];
  }

  Operand work(int poly, int limb) {
    return works[poly][limb];
  }
}
