package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.wire.OwnedBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waiting for parallel work. */
final class Workers {

  private Workers() {}

  /**
   * Results in order. Waits for every task even if one fails or this thread is interrupted, so that
   * no task still uses what the caller frees next. Rethrows the first failure.
   */
  static <T> List<T> all(List<Future<T>> futures) {
    boolean interrupted = false;
    for (Future<T> future : futures) {
      interrupted |= await(future);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
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

  /** Waits for every task after a failure, which is the one to report. */
  static void quietly(List<? extends Future<?>> futures) {
    boolean interrupted = false;
    for (Future<?> future : futures) {
      interrupted |= await(future);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
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

  /**
   * Waits for a buffer that is no longer wanted and frees it; after a failure there is nothing to
   * free.
   */
  static void discard(Future<OwnedBuffer> made) {
    boolean interrupted = await(made);
    try {
      made.get().close();
    } catch (ExecutionException | CancellationException e) {
      // It was never made.
    } catch (InterruptedException e) {
      throw new IllegalStateException("the task is done", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits until a task is done, whatever its outcome; true if this thread was interrupted. */
  private static boolean await(Future<?> future) {
    boolean interrupted = false;
    while (true) {
      try {
        future.get();
        return interrupted;
      } catch (ExecutionException | CancellationException e) {
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
