package io.cipherstream.server.inference;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Threads for one kind of blocking work, given in turn to the tenants that wait: neither another
 * kind of work nor another tenant can take all of them. Thread-safe.
 */
public final class FairPool implements AutoCloseable {

  private final Vertx vertx;
  private final ExecutorService threads;
  private final FairScheduler scheduler;

  /**
   * @param name of the threads
   * @param size number of threads
   */
  public FairPool(Vertx vertx, String name, int size) {
    this.vertx = vertx;
    this.threads =
        Executors.newFixedThreadPool(
            size,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    this.scheduler = new FairScheduler(threads, size);
  }

  /**
   * Runs a task for a tenant. The future completes on the caller's context; it fails with the
   * task's exception, or with {@link RejectedExecutionException} after this is closed.
   */
  public <T extends @Nullable Object> Future<T> run(String tenant, Callable<T> task) {
    Context context = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    try {
      scheduler.submit(
          tenant,
          () -> {
            try {
              T value = task.call();
              context.runOnContext(v -> promise.complete(value));
            } catch (Throwable e) { // whoever waits must hear of every end
              context.runOnContext(v -> promise.fail(e));
            }
          });
    } catch (RejectedExecutionException e) {
      promise.tryFail(e);
    }
    return promise.future();
  }

  /** Tasks that wait for a thread. */
  public int waiting() {
    return scheduler.waiting();
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
