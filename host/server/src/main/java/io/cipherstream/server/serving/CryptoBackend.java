package io.cipherstream.server.serving;

import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.wire.KeySpec;
import java.nio.ByteBuffer;

/**
 * The operations that the network side needs from the engine of one parameter set. Blocks; safe for
 * concurrent use.
 */
public interface CryptoBackend {

  /**
   * Expands a 64-byte seed into its polynomial.
   *
   * @param words direct, room for {@code [limb][coefficient]} words; does not advance
   */
  void expandSeed(int limbs, byte[] seed, ByteBuffer words);

  /** Starts collecting one session's keys. */
  KeyImport newKeys();

  /** Adds a fresh encryption of zero to {@code reply}, whose words change. */
  void rerandomize(HostCiphertext reply, EvaluationKeys keys);

  /**
   * Adds noise of the configured size to {@code answer}, whose words change.
   *
   * @param apart whether each slot is a value of its own, and not all of them the same
   */
  void flood(HostCiphertext answer, boolean apart);

  /** Collects keys digit by digit; close it unless {@link #build} returned. */
  interface KeyImport extends AutoCloseable {

    /**
     * @param c0Words direct, valid during the call only
     */
    void digit(KeySpec key, int digit, byte[] seed, ByteBuffer c0Words);

    /** All keys; the caller closes them. */
    EvaluationKeys build();

    @Override
    void close();
  }
}
