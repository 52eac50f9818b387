package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.Modulus;
import java.util.ArrayList;
import java.util.List;

/** Lengths in bytes that follow from the parameters alone. */
public final class EnvelopeSizes {

  /** Bytes of an envelope beside its payload: the header and the keyed digest. */
  public static final int OVERHEAD_BYTES = EnvelopeHeader.BYTES + EnvelopeMac.BYTES;

  private EnvelopeSizes() {}

  /** Length of a whole {@link EnvelopeKind#CIPHERTEXT_SEEDED} envelope. */
  public static long seededCiphertext(CkksParameters parameters, int limbs, WordPacking packing) {
    return OVERHEAD_BYTES
        + CkksParameters.SEED_BYTES
        + polynomial(moduli(parameters, limbs, false), parameters.degree(), packing);
  }

  /** Length of a whole {@link EnvelopeKind#CIPHERTEXT} envelope. */
  public static long ciphertext(CkksParameters parameters, int limbs, WordPacking packing) {
    return OVERHEAD_BYTES
        + 2 * polynomial(moduli(parameters, limbs, false), parameters.degree(), packing);
  }

  /** Length of a whole key envelope. */
  public static long key(CkksParameters parameters, KeySpec spec, WordPacking packing) {
    return OVERHEAD_BYTES + keyPayload(parameters, spec, packing);
  }

  /**
   * Bytes of the c₀ words of one key digit, 64 bits a word: 8 · N · (limbs + k), k special primes.
   */
  public static int digitWordBytes(CkksParameters parameters, int limbs) {
    return Math.multiplyExact(Long.BYTES, parameters.digitWords(limbs));
  }

  static long keyPayload(CkksParameters parameters, KeySpec spec, WordPacking packing) {
    return spec.digits(parameters) * digit(parameters, spec.limbs(), packing);
  }

  static long digit(CkksParameters parameters, int limbs, WordPacking packing) {
    return CkksParameters.SEED_BYTES
        + polynomial(moduli(parameters, limbs, true), parameters.degree(), packing);
  }

  static long polynomial(List<Modulus> moduli, int degree, WordPacking packing) {
    long bits = 0;
    for (Modulus q : moduli) {
      bits += (long) packing.bitsPerWord(q.bits()) * degree;
    }
    return bits / Byte.SIZE;
  }

  /** The first {@code limbs} data primes, then the special primes if asked for. */
  static List<Modulus> moduli(CkksParameters parameters, int limbs, boolean withSpecialPrimes) {
    if (limbs < 1 || limbs > parameters.dataLimbs()) {
      throw new IllegalArgumentException(
          "limbs: expected 1 to " + parameters.dataLimbs() + ", received " + limbs);
    }
    List<Modulus> moduli = new ArrayList<>(parameters.dataPrimes().subList(0, limbs));
    if (withSpecialPrimes) {
      moduli.addAll(parameters.specialPrimes());
    }
    return List.copyOf(moduli);
  }
}
