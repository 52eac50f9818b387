package io.cipherstream.transformer;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret from which one inference draws its blinding factors. Two runs with one seed and equal
 * inputs give equal words, whatever the engine; without the seed the factors cannot be told from
 * random ones (AES-256 in counter mode). Immutable.
 */
public final class RunSeed {

  private static final int BYTES = 32;

  private final byte[] key;

  private RunSeed(byte[] key) {
    this.key = key;
  }

  /** A fresh seed. */
  public static RunSeed random() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new RunSeed(key);
  }

  /** The random stream of this seed from its beginning. Not thread-safe. */
  RandomGenerator generator() {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
      byte[] zeros = new byte[Long.BYTES];
      return () -> ByteBuffer.wrap(cipher.update(zeros)).getLong();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/CTR", e);
    }
  }
}
