package io.cipherstream.server.engine;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.wire.KeySpec;
import java.nio.ByteBuffer;

/**
 * What the network side asks of the engine of one parameter set. Blocks; safe for concurrent use.
 */
public interface CryptoBackend {

  /**
   * Copies checked words into an engine's ciphertext of size 2.
   *
   * @param c0Words direct, {@code [limb][coefficient]} words below their primes
   * @param seed 64-byte seed of c₁
   */
  Ciphertext importSeeded(int limbs, double scale, ByteBuffer c0Words, byte[] seed);

  /** Starts collecting one session's keys. */
  KeyImport newKeys();

  /** A fresh encryption of the same value: {@code reply} plus an encryption of zero. */
  Ciphertext rerandomize(Ciphertext reply, EvaluationKeys keys);

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
