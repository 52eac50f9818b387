package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Name of a key pair: SHA-256("cipherstream-key-v1" ‖ parameter-set digest ‖ public key's seed ‖
 * its c₀ as little-endian 64-bit words).
 */
public final class KeyFingerprint {

  private KeyFingerprint() {}

  /**
   * @param seed 64-byte seed of the public key's c₁
   * @param c0Words from position to limit; not advanced
   */
  public static byte[] of(CkksParameters parameters, byte[] seed, ByteBuffer c0Words) {
    int expected = EnvelopeSizes.digitWordBytes(parameters, parameters.dataLimbs());
    if (seed.length != CkksParameters.SEED_BYTES || c0Words.remaining() != expected) {
      throw new IllegalArgumentException(
          "public key: expected a 64-byte seed and "
              + expected
              + " bytes of words, received "
              + seed.length
              + " and "
              + c0Words.remaining());
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("cipherstream-key-v1".getBytes(StandardCharsets.US_ASCII));
      digest.update(parameters.digest());
      digest.update(seed);
      digest.update(c0Words.duplicate());
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
