package io.cipherstream.ckks;

import java.util.OptionalInt;

/**
 * The public key-switching keys of one client: rotation keys by step and the relinearisation key.
 *
 * <p>A key may be given for fewer limbs than the parameter set has; it then serves ciphertexts of
 * at most that many limbs. Read-only after construction; readable from several threads.
 */
public interface EvaluationKeys extends AutoCloseable {

  /**
   * Largest number of limbs a ciphertext may have to be rotated by {@code step}; empty if absent.
   */
  OptionalInt rotationLimbs(int step);

  /** Largest number of limbs a ciphertext may have to be relinearised; empty if absent. */
  OptionalInt relinearizationLimbs();

  /** Bytes of off-heap memory held. */
  long bytes();

  @Override
  void close();
}
