package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waits for an appliance that is busy, stopping, starting or unreachable, until the same request
 * has been refused for {@link ClientOptions#retryFor} in total. Each wait is what the appliance
 * names, else {@link #FIRST_WAIT} and twice as long each time up to {@link #WAIT_MAX}. Up to a
 * fifth is added at random, so that clients do not all return at once. For one request and one
 * thread.
 */
final class Patience {

  static final Duration FIRST_WAIT = Duration.ofMillis(200);
  static final Duration WAIT_MAX = Duration.ofSeconds(5);

  private final Duration most;
  private final ProgressListener progress;
  private long deadline;
  private boolean waiting;
  private Duration next = FIRST_WAIT;

  Patience(ClientOptions options) {
    this.most = options.retryFor();
    this.progress = options.progress();
  }

  /** Whether waiting may help: the appliance names a time, or the connection broke. */
  static boolean mayHelp(ClientException failure) {
    if (failure instanceof ServerProblemException refused) {
      int status = refused.problem().status();
      return (status == 429 || status == 503 || status == 409)
          && refused.problem().retryAfterSeconds().isPresent();
    }
    return failure.kind() == Kind.UNREACHABLE;
  }

  /**
   * Waits before the request is retried.
   *
   * @return false, at once, if the time is used up, would be used up, or waiting does not help
   */
  boolean pause(ClientException failure) {
    if (!mayHelp(failure) || failure.isWaitedFor()) {
      return false;
    }
    if (!waiting) {
      waiting = true;
      deadline = System.nanoTime() + most.toNanos();
    }
    Duration wait = next;
    if (failure instanceof ServerProblemException refused) {
      OptionalInt named = refused.problem().retryAfterSeconds();
      Duration asked = Duration.ofSeconds(named.orElse(0));
      wait = asked.compareTo(wait) > 0 ? asked : wait;
    }
    wait = wait.plusMillis(ThreadLocalRandom.current().nextLong(wait.toMillis() / 5 + 1));
    if (wait.toNanos() > deadline - System.nanoTime()) {
      failure.waitedFor();
      return false;
    }
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : twice;
    progress.progress("waiting for the appliance (" + reason(failure) + ")", 0, 0);
    sleep(wait);
    return true;
  }

  private static String reason(ClientException failure) {
    return failure instanceof ServerProblemException refused
        ? refused.problem().slug()
        : "no connection";
  }

  private static void sleep(Duration wait) {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientException(Kind.LOCAL, "interrupted while waiting for the appliance", e);
    }
  }
}
