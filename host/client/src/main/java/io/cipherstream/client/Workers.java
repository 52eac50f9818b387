package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waiting for parallel work. */
final class Workers {

  private Workers() {}

  /**
   * Results in order. Waits for every task even if one fails, so that none still uses what the
   * caller frees next; the first failure is thrown as it was.
   */
  static <T> List<T> all(List<Future<T>> futures) {
    List<T> results = new ArrayList<>(futures.size());
    RuntimeException first = null;
    for (Future<T> future : futures) {
      try {
        results.add(one(future));
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        }
      }
    }
    if (first != null) {
      throw first;
    }
    return results;
  }

  static <T> T one(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new ClientException(Kind.LOCAL, "a step failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientException(Kind.LOCAL, "interrupted", e);
    }
  }
}
