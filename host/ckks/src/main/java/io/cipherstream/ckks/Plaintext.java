package io.cipherstream.ckks;

/**
 * An encoded vector of N/2 real slots in NTT form. Off-heap, released by {@link #close}, immutable,
 * readable from several threads.
 */
public interface Plaintext extends AutoCloseable {

  /** Number of data primes the plaintext is given for. */
  int limbs();

  /** Factor by which the slot values were multiplied before rounding. */
  double scale();

  @Override
  void close();
}
