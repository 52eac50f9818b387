package io.cipherstream.bench.work;

import org.jspecify.annotations.Nullable;

/** A case made ready: engine open, operands in place. */
interface Workload extends AutoCloseable {

  /** What one thread runs again and again; lanes share operands but not results. */
  interface Lane extends AutoCloseable {

    /**
     * Computes once, to the end.
     *
     * @return something that depends on the result, for JMH to consume
     */
    Object once();

    @Override
    void close();
  }

  Lane lane();

  /** Operations, or limbs, that {@link Lane#once} computes. */
  int perCall();

  /** SHA-256 of the words that one call computes; null if there are none to compare. */
  @Nullable String wordsDigest();

  @Override
  void close();
}
