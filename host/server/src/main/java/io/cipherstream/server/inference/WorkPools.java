package io.cipherstream.server.inference;

import io.vertx.core.Vertx;

/**
 * Threads for blocking work by kind, so that one kind does not wait for another.
 *
 * @param sessions making and deleting sessions: forcing small files to disk
 * @param keys checking uploaded keys word by word, and forcing them to disk
 * @param messages decoding and encoding the ciphertexts of inferences
 */
public record WorkPools(FairPool sessions, FairPool keys, FairPool messages)
    implements AutoCloseable {

  private static final int SESSION_THREADS = 2;

  /**
   * @param threads processors that may be used
   */
  public static WorkPools of(Vertx vertx, int threads) {
    return new WorkPools(
        new FairPool(vertx, "sessions", SESSION_THREADS),
        new FairPool(vertx, "keys", Math.max(1, threads / 2)),
        new FairPool(vertx, "messages", threads + 1));
  }

  @Override
  public void close() {
    sessions.close();
    keys.close();
    messages.close();
  }
}
