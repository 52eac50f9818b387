package io.cipherstream.ckks;

import java.nio.ByteBuffer;

/**
 * Evaluation keys whose words can be read, so that an engine can bring them to its device.
 *
 * <p>A key for ℓ limbs has ℓ digits, each of two polynomials over q₀ … q₍ℓ₋₁₎ and P: 2·(ℓ+1)·N
 * words in NTT form, {@code [c₀, c₁][limb][coefficient]}, P last.
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
   * Runs {@code action} when the keys are closed, so that copies of them elsewhere go too; at once
   * if they are closed already.
   */
  void onClose(Runnable action);
}
