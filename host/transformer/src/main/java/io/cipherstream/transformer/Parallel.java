package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs independent pieces of work on a pool, with the calling thread taking part.
 *
 * <p>The caller alone can finish everything, so nested use and a saturated pool cannot deadlock.
 * When a piece fails, pieces that have not started are skipped, started ones are awaited, and the
 * first failure is thrown; the scope in which they made their results closes them.
 */
public final class Parallel {

  private final ExecutorService workers;
  private final int width;

  /**
   * @param width threads that may work on one call, the caller included; at least 1
   */
  public Parallel(ExecutorService workers, int width) {
    this.workers = workers;
    this.width = Math.max(1, width);
  }

  /** The same pool, but the caller does everything. */
  Parallel alone() {
    return new Parallel(workers, 1);
  }

  /** [task(0), …, task(count−1)], computed in any order. */
  public <T> List<T> map(int count, IntFunction<T> task) {
    Batch<T> batch = new Batch<>(count, task);
    for (int i = 1; i < Math.min(width, count); i++) {
      try {
        workers.execute(batch);
      } catch (RejectedExecutionException e) {
        break;
      }
    }
    batch.run();
    return batch.results();
  }

  /** task(0) to task(count − 1), in any order; what they made before a failure is theirs. */
  public void each(int count, IntConsumer task) {
    map(
        count,
        i -> {
          task.accept(i);
          return i;
        });
  }

  /** Work shared by the threads of one call. */
  private static final class Batch<T> implements Runnable {
    private final int count;
    private final IntFunction<T> task;
    private final @Nullable Object[] results;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch done;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Batch(int count, IntFunction<T> task) {
      this.count = count;
      this.task = task;
      this.results = new Object[count];
      this.done = new CountDownLatch(count);
    }

    @Override
    public void run() {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        try {
          if (failure.get() == null) {
            results[i] = task.apply(i);
          }
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        } finally {
          done.countDown();
        }
      }
    }

    @SuppressWarnings("unchecked")
    List<T> results() {
      awaitAll();
      List<T> list = new ArrayList<>(count);
      for (Object result : results) {
        if (result != null) {
          list.add((T) result);
        }
      }
      Throwable failed = failure.get();
      if (failed != null) {
        if (failed instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) failed;
      }
      return list;
    }

    private void awaitAll() {
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
          failure.compareAndSet(
              null, new java.util.concurrent.CancellationException("interrupted"));
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
