package io.cipherstream.wire;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
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

  /** Writes out the polynomial that a seed stands for. */
  @FunctionalInterface
  public interface SeedExpansion {

    /**
     * Fills {@code words} with canonical words.
     *
     * @param words direct, room for one polynomial of {@code limbs} limbs
     */
    void expand(int limbs, byte[] seed, ByteBuffer words);
  }

  /**
   * The whole ciphertext: c₀ as it came and c₁ from its seed, in the memory of this object, which
   * is empty afterwards.
   *
   * @throws IllegalStateException if both polynomials were sent
   */
  public HostCiphertext expanded(CkksParameters parameters, SeedExpansion expansion) {
    byte[] c1 = seed();
    CiphertextForm form = new CiphertextForm(2, limbs, scale);
    int bytes = HostCiphertext.bytes(parameters, form);
    OwnedBuffer memory = words.take();
    try {
      ByteBuffer all = memory.bytes().nioBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
      expansion.expand(limbs, c1, all.slice(bytes / 2, bytes / 2).order(ByteOrder.LITTLE_ENDIAN));
      return new HostCiphertext(parameters, form, all, memory::close);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
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
