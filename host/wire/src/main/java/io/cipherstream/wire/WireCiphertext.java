package io.cipherstream.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A parsed ciphertext: every word is below its modulus, level and scale are the expected ones. The
 * words lie in a pooled direct buffer that {@link #close} gives back; owned by one thread.
 */
public final class WireCiphertext implements AutoCloseable {

  private final int polynomials;
  private final int limbs;
  private final double scale;
  private final byte @Nullable [] seed;
  private final OwnedBuffer words;

  WireCiphertext(
      int polynomials, int limbs, double scale, byte @Nullable [] seed, OwnedBuffer words) {
    this.polynomials = polynomials;
    this.limbs = limbs;
    this.scale = scale;
    this.seed = seed;
    this.words = words;
  }

  /** Polynomials in {@link #words}: 1 (c₀, seeded) or 2. */
  public int polynomials() {
    return polynomials;
  }

  public int limbs() {
    return limbs;
  }

  public double scale() {
    return scale;
  }

  /**
   * The 64-byte seed of c₁.
   *
   * @throws IllegalStateException if both polynomials were sent
   */
  public byte[] seed() {
    if (seed == null) {
      throw new IllegalStateException("this ciphertext has no seed: both polynomials were sent");
    }
    return seed.clone();
  }

  /**
   * A direct little-endian view of {@code [polynomial][limb][coefficient]}, valid until close.
   *
   * @throws IllegalStateException once closed
   */
  public ByteBuffer words() {
    return words.bytes().nioBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    words.close();
  }
}
