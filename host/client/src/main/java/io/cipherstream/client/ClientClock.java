package io.cipherstream.client;

import java.util.function.Supplier;

/** Adds up the time that the client's own work takes in one inference. For one thread. */
final class ClientClock {

  private long nanos;

  /** Does the work, and counts its time even if it throws. */
  <T> T timed(Supplier<T> work) {
    long started = System.nanoTime();
    try {
      return work.get();
    } finally {
      nanos += System.nanoTime() - started;
    }
  }

  /** Time of all work so far. */
  double seconds() {
    return nanos / 1e9;
  }
}
