package io.cipherstream.ckks;

/**
 * What is known of a ciphertext without its words.
 *
 * @param size number of polynomials, 2 or 3
 * @param limbs number of data primes that remain
 * @param scale factor by which the encoded slot values are multiplied
 */
public record CiphertextForm(int size, int limbs, double scale) {

  /** The form of {@code a}. */
  public static CiphertextForm of(Ciphertext a) {
    return new CiphertextForm(a.size(), a.limbs(), a.scale());
  }

  /** Number of 64-bit words, {@code size · limbs · N}. */
  public long words(CkksParameters parameters) {
    return (long) size * limbs * parameters.degree();
  }

  /** The same with another number of polynomials. */
  public CiphertextForm withSize(int polynomials) {
    return new CiphertextForm(polynomials, limbs, scale);
  }

  @Override
  public String toString() {
    return "ciphertext[size=" + size + ", limbs=" + limbs + ", scale=" + scale + "]";
  }
}
