package io.cipherstream.bench.work;

import io.cipherstream.ring.Modulus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Uniform canonical words from a seed. Ciphertexts and keys of such words mean nothing, but every
 * engine computes on them as on real ones, in the same time, and must give the same words.
 */
final class SeededWords {

  private SeededWords() {}

  /** {@code [polynomial][modulus][degree]} words in a direct little-endian buffer. */
  static ByteBuffer of(long seed, int polynomials, List<Modulus> moduli, int degree) {
    ByteBuffer bytes = direct((long) polynomials * moduli.size() * degree);
    SplittableRandom random = new SplittableRandom(seed);
    for (int p = 0; p < polynomials; p++) {
      for (Modulus q : moduli) {
        for (int k = 0; k < degree; k++) {
          bytes.putLong(random.nextLong(q.value()));
        }
      }
    }
    return bytes.flip();
  }

  static ByteBuffer direct(long words) {
    return ByteBuffer.allocateDirect(Math.toIntExact(words * Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A digest of words that come in several buffers. */
  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
