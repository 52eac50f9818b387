package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;

/**
 * Which key an envelope carries. A digit is c₀ over ℓ data primes and the set's special primes; how
 * many a key has, {@link #digits} says.
 *
 * @param step rotation step, 0 for the other kinds
 */
public record KeySpec(EnvelopeKind kind, int step, int limbs) {

  /**
   * @throws IllegalArgumentException if the kind is not a key's or a number is out of range
   */
  public KeySpec {
    boolean stepFits = (kind == EnvelopeKind.ROTATION_KEY) == (step != 0);
    if (!kind.isKey() || !stepFits || limbs < 1) {
      throw new IllegalArgumentException(
          "key: expected a key kind, a step for rotations only and limbs ≥ 1, received "
              + kind
              + ", "
              + step
              + ", "
              + limbs);
    }
  }

  /** Key that rotates ciphertexts of at most {@code limbs} limbs by {@code step} slots. */
  public static KeySpec rotation(int step, int limbs) {
    return new KeySpec(EnvelopeKind.ROTATION_KEY, step, limbs);
  }

  /** Key that relinearises ciphertexts of at most {@code limbs} limbs. */
  public static KeySpec relinearization(int limbs) {
    return new KeySpec(EnvelopeKind.RELINEARIZATION_KEY, 0, limbs);
  }

  /** The public encryption key. */
  public static KeySpec publicKey(CkksParameters parameters) {
    return new KeySpec(EnvelopeKind.PUBLIC_KEY, 0, parameters.dataLimbs());
  }

  /**
   * Digits of the key under a parameter set: as many as its key switch has, ⌈ℓ/k⌉ with k special
   * primes; one of the public key.
   */
  public int digits(CkksParameters parameters) {
    return kind == EnvelopeKind.PUBLIC_KEY ? 1 : parameters.digits(limbs);
  }

  /** Name in paths and messages: {@code public}, {@code relinearization} or the step. */
  public String label() {
    return switch (kind) {
      case PUBLIC_KEY -> "public";
      case RELINEARIZATION_KEY -> "relinearization";
      default -> Integer.toString(step);
    };
  }
}
