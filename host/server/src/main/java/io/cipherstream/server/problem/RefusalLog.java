package io.cipherstream.server.problem;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log lines about refusals, limited per second for each tenant and for all requests without one.
 * Omitted lines are counted, and the next line reports the count. Thread-safe.
 */
public final class RefusalLog {

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

  /** Stands for clients without a known API key. */
  public static final String NOBODY = "-";

  private final int linesPerSecondMax;
  private final Map<String, Share> byTenant = new ConcurrentHashMap<>();

  private record Share(Bucket lines, AtomicLong leftOut) {}

  public RefusalLog(int linesPerSecondMax) {
    this.linesPerSecondMax = linesPerSecondMax;
  }

  /**
   * Logs one line: who was refused what.
   *
   * @param tenant a configured one, or {@link #NOBODY}
   * @param what request or session
   * @return whether the line was logged
   */
  public boolean refused(String tenant, String address, String what, ProblemException problem) {
    Share share = byTenant.computeIfAbsent(tenant, name -> share());
    if (!share.lines.tryConsume(1)) {
      share.leftOut.incrementAndGet();
      return false;
    }
    long leftOut = share.leftOut.getAndSet(0);
    LOG.info(
        "tenant {} at {}, {}: {} {}{}",
        tenant,
        address,
        what,
        problem.type().slug(),
        problem.getMessage(),
        leftOut == 0 ? "" : " (" + leftOut + " such lines before it are left out)");
    return true;
  }

  private Share share() {
    Bucket lines =
        Bucket.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(linesPerSecondMax)
                        .refillGreedy(linesPerSecondMax, Duration.ofSeconds(1)))
            .build();
    return new Share(lines, new AtomicLong());
  }
}
