package io.cipherstream.ckks;

import java.nio.ByteBuffer;

/**
 * A CKKS ciphertext in NTT form: {@code size} polynomials of {@code limbs} limbs of N words.
 *
 * <p>A ciphertext (c₀, c₁[, c₂]) at ℓ limbs and scale Δ decrypts to c₀ + c₁s [+ c₂s²] mod
 * q₀…q₍ℓ₋₁₎, which encodes Δ times the slot values plus noise. Memory lives outside the Java heap
 * and is released by {@link #close}; using a closed ciphertext throws {@link
 * IllegalStateException}. Instances are immutable after construction and may be read from several
 * threads.
 */
public interface Ciphertext extends AutoCloseable {

  /** Number of data primes that remain, 1 ≤ limbs ≤ {@link CkksParameters#dataLimbs()}. */
  int limbs();

  /** Factor by which the encoded slot values are multiplied; finite and positive. */
  double scale();

  /** Number of polynomials: 2, or 3 after a product that has not been relinearised. */
  int size();

  /** Number of 64-bit words, {@code size · limbs · N}. */
  default long words(CkksParameters parameters) {
    return (long) size() * limbs() * parameters.degree();
  }

  /**
   * Copies all words, layout {@code [poly][limb][coefficient]}, little endian, into a direct buffer
   * at its position and advances it.
   *
   * @throws CkksException of kind WORDS if the buffer is not direct, read-only or too small
   */
  void copyWordsTo(ByteBuffer destination);

  @Override
  void close();
}
