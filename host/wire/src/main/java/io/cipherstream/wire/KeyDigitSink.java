package io.cipherstream.wire;

import java.nio.ByteBuffer;

/**
 * Receives the digits of a key while it is parsed. The words are in range, but the key is authentic
 * only once the parsing call has returned: discard everything if it throws.
 */
@FunctionalInterface
public interface KeyDigitSink {

  /** Checks a key and keeps nothing. */
  KeyDigitSink NONE = (digit, seed, c0Words) -> {};

  /**
   * @param digit 0, 1, … in order
   * @param seed the 64-byte seed of c₁
   * @param c0Words direct, {@code [limb][coefficient]} little-endian words of the data limbs and
   *     the special prime; valid during the call only
   */
  void digit(int digit, byte[] seed, ByteBuffer c0Words);
}
