package io.cipherstream.ckks;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Evaluation keys whose words can be read, so that an engine can bring them to its device.
 *
 * <p>A key for ℓ limbs has {@link CkksParameters#digits} digits, each of two polynomials over q₀ …
 * q₍ℓ₋₁₎ and the k special primes: 2·(ℓ+k)·N words in NTT form, {@code [c₀,
 * c₁][limb][coefficient]}, special primes last.
 *
 * <p>With one special prime digit j is an encryption under s of P·s′ in limb j, s′ = s(X^g) for a
 * rotation and s² for relinearisation, as SEAL has it. With several, digit j stands for the data
 * primes q_{jk} … q_{jk+k−1}: an encryption of P·s′ in those limbs, and of 0 in the rest. For a
 * rotation it is then turned back, (c₀, c₁) under s(X^{1/g}) with s′ = s, so that the rotation
 * comes last and rotations of one ciphertext share all that comes before.
 */
public interface KeyWords extends EvaluationKeys {

  /**
   * Copies one digit of the key for a rotation step into a direct little-endian buffer at its
   * position and advances it.
   *
   * @throws CkksException of kind KEY_MISSING if there is no such key, SHAPE for a digit out of
   *     range, WORDS if the buffer is not direct or too small
   */
  void copyRotationDigit(int step, int digit, ByteBuffer destination);

  /** The same of the relinearisation key. */
  void copyRelinearizationDigit(int digit, ByteBuffer destination);

  /**
   * A key whose digits lie behind one another in memory.
   *
   * @param words direct and little-endian in content, read-only
   * @param release lets the memory go; called once, when nobody reads it any more
   */
  record Whole(ByteBuffer words, Runnable release) {}

  /**
   * The words of the key for a rotation step where they are; they stay, also after {@link #close},
   * until they are released. Empty if they do not lie in one piece.
   *
   * @throws CkksException of kind KEY_MISSING if there is no such key
   * @throws IllegalStateException if the keys are closed
   */
  default Optional<Whole> rotationWords(int step) {
    return Optional.empty();
  }

  /** The same of the relinearisation key. */
  default Optional<Whole> relinearizationWords() {
    return Optional.empty();
  }

  /**
   * Runs {@code action} when the keys are closed, so that copies of them elsewhere go too; at once
   * if they are closed already.
   */
  void onClose(Runnable action);
}
