package io.cipherstream.transformer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The words of the simulated ciphertexts that are open, now and at most: what a run would hold on
 * an engine, of which the simulation needs none. Safe for concurrent use.
 */
final class SimulatedMemory {

  private final AtomicLong words = new AtomicLong();
  private final AtomicLong most = new AtomicLong();

  void opened(long count) {
    long now = words.addAndGet(count);
    most.accumulateAndGet(now, Math::max);
  }

  void closed(long count) {
    words.addAndGet(-count);
  }

  /** Words of what is open. */
  long words() {
    return words.get();
  }

  /** Most words that were open at one time. */
  long most() {
    return most.get();
  }
}
