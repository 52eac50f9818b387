package io.cipherstream.ckks;

/**
 * An array of encoded plaintexts whose slot vectors are periodic: slot i holds {@code u[i mod F]},
 * F = {@link #period()} a power of two.
 *
 * <p>Such a vector encodes as a polynomial in X^(N/2F), so in NTT order only 2F of its N words are
 * distinct, each standing N/2F times in a row. If the slots are real, word N−1−k equals word k, and
 * F words a limb describe it completely; complex slots, of period 2 at least, take all 2F.
 * Immutable, off-heap, readable from several threads.
 */
public interface PeriodicPlaintexts extends AutoCloseable {

  /** Number of plaintexts in the array. */
  int count();

  /** Period F of the slot vectors, 1 ≤ F ≤ N/2. */
  int period();

  /** Whether slots may be complex. */
  boolean complex();

  /** Number of data primes each plaintext is given for. */
  int limbs();

  /** Common scale of all plaintexts of the array. */
  double scale();

  /** Bytes of off-heap memory held. */
  long bytes();

  @Override
  void close();
}
