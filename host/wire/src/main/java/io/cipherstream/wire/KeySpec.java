package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;

/**
 * Which key an envelope carries. A key-switching key for ℓ limbs has ℓ digits of ℓ data primes and
 * the special prime; the public key is one digit over all primes.
 *
 * @param step rotation step, 0 for the other kinds
 */
public record KeySpec(EnvelopeKind kind, int step, int limbs, int digits) {

  /**
   * @throws IllegalArgumentException if the kind is not a key's or a number is out of range
   */
  public KeySpec {
    boolean stepFits = (kind == EnvelopeKind.ROTATION_KEY) == (step != 0);
    if (!kind.isKey() || !stepFits || limbs < 1 || digits < 1) {
      throw new IllegalArgumentException(
          "key: expected a key kind, a step for rotations only, limbs and digits ≥ 1, received "
              + kind
              + ", "
              + step
              + ", "
              + limbs
              + ", "
              + digits);
    }
  }

  /** Key that rotates ciphertexts of at most {@code limbs} limbs by {@code step} slots. */
  public static KeySpec rotation(int step, int limbs) {
    return new KeySpec(EnvelopeKind.ROTATION_KEY, step, limbs, limbs);
  }

  /** Key that relinearises ciphertexts of at most {@code limbs} limbs. */
  public static KeySpec relinearization(int limbs) {
    return new KeySpec(EnvelopeKind.RELINEARIZATION_KEY, 0, limbs, limbs);
  }

  /** The public encryption key. */
  public static KeySpec publicKey(CkksParameters parameters) {
    return new KeySpec(EnvelopeKind.PUBLIC_KEY, 0, parameters.dataLimbs(), 1);
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
