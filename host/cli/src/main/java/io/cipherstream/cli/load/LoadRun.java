package io.cipherstream.cli.load;

import io.cipherstream.client.ClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** All clients of one run, each in a thread of its own. */
final class LoadRun {

  /** More than a client waits for a reply by default. */
  private static final long JOIN_MILLIS = 360_000;

  private static final long STOP_POLL_NANOS = 200_000_000;

  private final List<LoadClient> clients;
  private final LoadOutcomes outcomes;
  private final long nanos;
  private final double perClient;
  private volatile boolean stopped;

  /**
   * @param seconds that it lasts
   * @param rate sentences a second of all clients, at fixed times whether or not the answers before
   *     have come; 0 for one after the other, as fast as each client gets its answers
   */
  LoadRun(List<LoadClient> clients, LoadOutcomes outcomes, int seconds, double rate) {
    this.clients = clients;
    this.outcomes = outcomes;
    this.nanos = TimeUnit.SECONDS.toNanos(seconds);
    this.perClient = rate / clients.size();
  }

  /**
   * Runs to the end.
   *
   * @throws ClientException of a client that failed in another way than to get no answer
   */
  void run() throws InterruptedException {
    long start = System.nanoTime();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      LoadClient client = clients.get(i);
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  drive(client, number, start);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } catch (RuntimeException | Error e) {
                  failure.compareAndSet(null, e);
                }
              },
              "load-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    long left = TimeUnit.NANOSECONDS.toMillis(nanos) + JOIN_MILLIS;
    for (Thread thread : threads) {
      long before = System.nanoTime();
      thread.join(Math.max(1, left));
      left -= TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
      if (thread.isAlive()) {
        outcomes.refusal(nanos, "never-ended", thread.getName());
      }
    }
    Throwable failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("a client of the run failed", failed);
    }
  }

  /** Lets every client finish what it has begun, and ends the run. */
  void stop() {
    stopped = true;
  }

  private void drive(LoadClient client, int number, long start) throws InterruptedException {
    for (long k = 0; ; k++) {
      long due = System.nanoTime();
      if (perClient > 0) {
        // Clients take turns, so that their requests are spread evenly.
        due = start + (long) ((k + (double) number / clients.size()) * 1e9 / perClient);
        long early = due - System.nanoTime();
        if (early > 0) {
          pause(Math.min(early, start + nanos - System.nanoTime()));
        }
      }
      if (stopped || System.nanoTime() - start >= nanos) {
        return;
      }
      client.ask(due, outcomes);
    }
  }

  private void pause(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !stopped; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, STOP_POLL_NANOS));
    }
  }
}
