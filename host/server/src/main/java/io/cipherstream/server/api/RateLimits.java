package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits how often a tenant may send requests and make sessions, and how often an address may try a
 * wrong API key. A correct key is never refused because of wrong ones from its address.
 * Thread-safe.
 */
public final class RateLimits {

  /** A burst may have as many requests as the rate allows in this many seconds. */
  private static final int BURST_SECONDS = 5;

  /**
   * Number of addresses whose wrong keys are remembered; the least recently seen is dropped first.
   */
  private static final int ADDRESSES_MAX = 10_000;

  private static final double NANOS_PER_SECOND = 1e9;

  private final Limits limits;
  private final Map<String, Bucket> requests = new ConcurrentHashMap<>();
  private final Map<String, Bucket> sessions = new ConcurrentHashMap<>();
  private final Map<String, Bucket> wrongKeys =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
              return size() > ADDRESSES_MAX;
            }
          });

  public RateLimits(Limits limits) {
    this.limits = limits;
  }

  /**
   * Counts a request.
   *
   * @param weight how many ordinary requests it is worth
   * @throws ProblemException {@link ProblemType#RATE_LIMITED}
   */
  void request(String tenant, int weight) {
    int most = limits.requestsPerTenantPerSecondMax();
    Bucket bucket =
        requests.computeIfAbsent(
            tenant, name -> bucket(most * BURST_SECONDS, most, Duration.ofSeconds(1)));
    take(bucket, weight, most + " requests per second", "requestsPerTenantPerSecondMax");
  }

  /**
   * Counts a new session.
   *
   * @throws ProblemException {@link ProblemType#RATE_LIMITED}
   */
  void session(String tenant) {
    int most = limits.sessionsPerTenantPerMinuteMax();
    Bucket bucket =
        sessions.computeIfAbsent(tenant, name -> bucket(most, most, Duration.ofMinutes(1)));
    take(bucket, 1, most + " new sessions per minute", "sessionsPerTenantPerMinuteMax");
  }

  /**
   * Counts a request without a known API key.
   *
   * @throws ProblemException {@link ProblemType#RATE_LIMITED}
   */
  void wrongKey(String address) {
    int most = limits.wrongKeysPerAddressPerMinuteMax();
    Bucket bucket =
        wrongKeys.computeIfAbsent(address, name -> bucket(most, most, Duration.ofMinutes(1)));
    take(
        bucket,
        1,
        most + " requests per minute without a known API key",
        "wrongKeysPerAddressPerMinuteMax");
  }

  /**
   * Fails a request over its rate after a delay. A client that does not wait by itself waits here,
   * at little cost for the event loop.
   */
  void refuse(RoutingContext ctx, ProblemException problem) {
    ctx.request().pause();
    ctx.vertx().setTimer(limits.rateRefusalMillis(), id -> ctx.fail(problem));
  }

  private static Bucket bucket(int capacity, int refill, Duration period) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(capacity).refillGreedy(refill, period))
        .build();
  }

  private static void take(Bucket bucket, int tokens, String most, String limit) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(tokens);
    if (!probe.isConsumed()) {
      throw ProblemException.of(
              ProblemType.RATE_LIMITED,
              "more than " + most,
              "at most " + most + " (" + limit + ")",
              "try again after the named time")
          .with("limit", limit)
          .with(
              "retryAfterSeconds",
              (int) Math.ceil(probe.getNanosToWaitForRefill() / NANOS_PER_SECOND));
    }
  }
}
