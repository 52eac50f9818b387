package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import java.nio.ByteBuffer;

/** Preconditions of what a caller gives to be sent. */
final class Checked {

  private Checked() {}

  static byte[] seed(byte[] seed) {
    if (seed.length != CkksParameters.SEED_BYTES) {
      throw new IllegalArgumentException(
          "seed: expected " + CkksParameters.SEED_BYTES + " bytes, received " + seed.length);
    }
    return seed;
  }

  static ByteBuffer words(ByteBuffer words, int bytes) {
    if (!words.isDirect() || words.remaining() != bytes) {
      throw new IllegalArgumentException(
          "words: expected a direct buffer with "
              + bytes
              + " bytes, received a "
              + (words.isDirect() ? "direct" : "heap")
              + " one with "
              + words.remaining());
    }
    return words;
  }
}
