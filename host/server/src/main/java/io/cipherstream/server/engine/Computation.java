package io.cipherstream.server.engine;

import io.cipherstream.ckks.HostCiphertext;
import java.util.List;

/** One running inference. Used by one thread at a time. */
public interface Computation extends AutoCloseable {

  /**
   * Computes until the next round or the result. Blocks and is heavy: never on an event loop.
   *
   * @param received the inputs at first, then the ciphertexts of each round; ownership passes
   * @return the ciphertexts to send; the caller closes them
   */
  List<HostCiphertext> step(List<HostCiphertext> received);

  /**
   * Name of what computed the last step, for metrics and the client: after a failure another one
   * than before.
   */
  String engine();

  /** Names of the engines that failed in this inference; another one computed all of it again. */
  default List<String> enginesFailed() {
    return List.of();
  }

  /** Frees everything, also between rounds. */
  @Override
  void close();
}
