package io.cipherstream.gateway.door;

import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests that are being answered, whatever door they came through. Thread-safe. */
public final class Traffic {

  private static final int BUSY_SECONDS = 1;
  private static final int STOPPING_SECONDS = 5;

  private final int most;
  private final GatewayLog log;
  private final GatewayMetrics metrics;
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean draining;

  /**
   * @param most requests that are answered at one time
   */
  public Traffic(int most, GatewayLog log, GatewayMetrics metrics) {
    this.most = most;
    this.log = log;
    this.metrics = metrics;
  }

  /** Requests that are being answered. */
  public int running() {
    return running.get();
  }

  /** From now on new requests are refused. */
  public void drain() {
    draining = true;
  }

  /** A request has come; each is {@link #ended} once. */
  public void begun() {
    running.incrementAndGet();
  }

  /**
   * Whether a request that has begun may go on.
   *
   * @throws GatewayProblem of kind UNAVAILABLE while the gateway stops, OVERLOADED if there are too
   *     many
   */
  public void check() {
    if (draining) {
      throw GatewayProblem.of(GatewayProblemKind.UNAVAILABLE, "the gateway is stopping")
          .retryAfter(STOPPING_SECONDS);
    }
    if (running.get() > most) {
      throw GatewayProblem.of(
              GatewayProblemKind.OVERLOADED,
              most + " requests are being answered, the most there may be; try again later")
          .retryAfter(BUSY_SECONDS);
    }
  }

  /**
   * A request was answered.
   *
   * @param id names it in the log
   * @param outcome {@code ok} or a problem's slug
   * @param texts that it asked about
   */
  public void ended(
      String id, String door, String operation, String outcome, int texts, long nanos) {
    running.decrementAndGet();
    metrics.request(door, operation, outcome, Duration.ofNanos(nanos));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", id);
    fields.put("door", door);
    fields.put("operation", operation);
    fields.put("outcome", outcome);
    fields.put("texts", texts);
    fields.put("millis", TimeUnit.NANOSECONDS.toMillis(nanos));
    log.event("request", fields);
  }

  /** A request failed by a defect or by this machine. */
  public void failed(String id, Throwable failure) {
    log.failure("request-failed", Map.of("id", id), failure);
  }
}
