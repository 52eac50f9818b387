package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Segment;

/**
 * A program under construction and the layouts of CKKS objects in its segments.
 *
 * <ul>
 *   <li>Ciphertext of ℓ limbs: {@code [poly][limb]}.
 *   <li>Key for ℓ limbs: {@code [digit][c₀, c₁][q₀ … q₍ℓ₋₁₎, p₀ … p₍k₋₁₎]}, as SEAL has it if k =
 *       1.
 *   <li>Moduli: index i is the data prime qᵢ, index L + t the special prime pₜ.
 * </ul>
 *
 * Not thread-safe.
 */
final class Emitter {

  private final CkksParameters parameters;
  private final ProgramBuilder builder;
  private final int degree;

  Emitter(String name, CkksParameters parameters) {
    this.parameters = parameters;
    this.builder = LimbProgram.builder(name, parameters.ring());
    this.degree = parameters.degree();
  }

  CkksParameters parameters() {
    return parameters;
  }

  ProgramBuilder code() {
    return builder;
  }

  int degree() {
    return degree;
  }

  /** Index of the first special prime in the modulus table. */
  int special() {
    return parameters.dataLimbs();
  }

  /** Modulus index of limb i of ℓ + k: limbs from ℓ on are those of the special primes. */
  int modulus(int limb, int limbs) {
    return limb < limbs ? limb : special() + limb - limbs;
  }

  long prime(int modulus) {
    return parameters.ring().modulus(modulus).value();
  }

  /** An input that holds a ciphertext. */
  Segment cipherInput(String name, int size, int limbs) {
    return builder.input(name, cipherWords(size, limbs));
  }

  Segment cipherOutput(String name, int size, int limbs) {
    return builder.output(name, cipherWords(size, limbs));
  }

  /** Scratch of that many limbs. */
  Segment scratch(String name, int limbs) {
    return builder.scratch(name, (long) limbs * degree);
  }

  long cipherWords(int size, int limbs) {
    return (long) size * limbs * degree;
  }

  /** Limb {@code index} of a segment. */
  Operand limb(Segment segment, int index) {
    return segment.at((long) index * degree);
  }

  /** Limb of a polynomial of a ciphertext of ℓ limbs. */
  Operand limb(Segment cipher, int limbs, int poly, int limb) {
    return limb(cipher, poly * limbs + limb);
  }

  /** The limbs of one polynomial of a ciphertext of ℓ limbs. */
  Operand[] poly(Segment cipher, int limbs, int poly) {
    Operand[] operands = new Operand[limbs];
    for (int i = 0; i < limbs; i++) {
      operands[i] = limb(cipher, limbs, poly, i);
    }
    return operands;
  }

  /** All limbs of {@code count} limbs from the segment's first on. */
  Operand[] limbs(Segment segment, int count) {
    Operand[] operands = new Operand[count];
    for (int i = 0; i < count; i++) {
      operands[i] = limb(segment, i);
    }
    return operands;
  }

  /** An input that holds a key for that many limbs. */
  Segment keyInput(String name, int keyLimbs) {
    return builder.input(name, keyWords(parameters, keyLimbs));
  }

  /** Words of a key for that many limbs. */
  static long keyWords(CkksParameters parameters, int limbs) {
    return 2L * parameters.digits(limbs) * parameters.digitWords(limbs);
  }

  LimbProgram build() {
    return builder.build();
  }
}
