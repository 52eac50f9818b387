package io.cipherstream.wire;

import java.nio.ByteBuffer;

/** The digits of a seeded key, given one at a time so that only one needs to be in memory. */
public interface KeyDigits {

  /** The 64-byte seed of c₁ of that digit. */
  byte[] seed(int digit);

  /**
   * c₀ of that digit: direct, from position to limit {@code [limb][coefficient]} little-endian
   * words of the data limbs and then the special primes. Read before the next digit is asked for.
   */
  ByteBuffer c0Words(int digit);
}
