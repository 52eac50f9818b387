package io.cipherstream.transformer;

import io.cipherstream.ckks.HostCiphertext;
import java.util.List;
import java.util.Optional;

/**
 * One inference at the appliance, from host memory to host memory. Not thread-safe: one step at a
 * time; {@link #close} may come between steps at any point.
 */
public interface ServerRun extends AutoCloseable {

  /**
   * Computes until the next round or the result: blocking and heavy, never for an event loop.
   *
   * @param received the inputs at first, then the ciphertexts of each round; owned and closed by
   *     this run
   * @return the ciphertexts to send; the caller closes them
   */
  List<HostCiphertext> step(List<HostCiphertext> received);

  /**
   * Name of the engine that computed the last step, or will compute the first; after a failure
   * another one than before.
   */
  String engine();

  /** Name of the engine that failed in this inference; another one computed all of it again. */
  Optional<String> failedEngine();

  /** Frees everything, also between rounds. */
  @Override
  void close();
}
