package io.cipherstream.server.serving;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.HostCiphertext;

/** A client's encrypted track in storage, as a query reads it. Safe for concurrent use. */
@FunctionalInterface
public interface StoredTrack {

  /**
   * Reads one of the track's ciphertexts and checks every word. Blocks.
   *
   * @param form that it was stored in
   * @param index {@link io.cipherstream.intervals.Plane#index}
   * @param backend that expands its seed
   * @return the caller closes it
   */
  HostCiphertext read(CiphertextForm form, int index, CryptoBackend backend);
}
