package io.cipherstream.intervals;

import io.cipherstream.ckks.Ciphertext;

/** The ciphertexts of a query's tracks on the evaluator that computes. */
@FunctionalInterface
public interface TrackSource {

  /**
   * @param track 0, or 1 for the second of a pair
   * @return the caller closes it
   */
  Ciphertext chunk(int track, Plane plane, int chunk);
}
