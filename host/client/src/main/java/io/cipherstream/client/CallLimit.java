package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Ends a call after {@link ClientOptions#answerWithin}, whatever it does at that time: making keys,
 * sending them, or waiting. With a limit a call runs on a thread of its own. Safe for concurrent
 * use.
 */
final class CallLimit {

  private final Optional<Duration> most;

  CallLimit(ClientOptions options) {
    this.most = options.answerWithin();
  }

  /**
   * Does the work.
   *
   * @throws ClientException of kind TIMEOUT if it took too long, when the work is interrupted and
   *     goes on to its next wait; otherwise whatever the work throws
   */
  <T> T within(Supplier<T> work) {
    if (most.isEmpty()) {
      return work.get();
    }
    FutureTask<T> task = new FutureTask<>(Context.current().wrap(work::get));
    Thread thread = new Thread(task, "cipherstream-call");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(most.get().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      throw new ClientException(
          Kind.TIMEOUT,
          "no answer within "
              + most.get().toMillis() / 1e3
              + " s, keys and session included; the same question may be asked again",
          e);
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      throw new ClientException(Kind.LOCAL, "interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("work throws no checked exceptions", e);
    }
  }
}
