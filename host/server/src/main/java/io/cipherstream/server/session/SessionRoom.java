package io.cipherstream.server.session;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes room for one more session of a tenant at its limit of sessions or key bytes.
 *
 * <p>A session is evicted only while no inference or upload uses it. Sessions without all keys go
 * first, after they have been idle for {@code incompleteSessionIdleSeconds}; then those with all
 * keys, after {@code sessionEvictIdleSeconds}. In each group the least recently used goes first.
 */
final class SessionRoom {

  private final Limits limits;

  SessionRoom(Limits limits) {
    this.limits = limits;
  }

  /**
   * The fewest sessions to evict; none if there is room.
   *
   * @param quota the tenant's
   * @param own the tenant's sessions
   * @param coming sessions of the tenant that are being made
   * @param keyBytes bytes that the new session's keys will take
   * @param complete whether a session has all its keys
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED}, with the seconds until the first
   *     session may be evicted, if there are too few that may
   */
  List<Session> toEvict(
      Quota quota,
      Collection<Session> own,
      int coming,
      long keyBytes,
      Predicate<Session> complete,
      Instant now) {
    int sessions = own.size() + coming + 1;
    long bytes = own.stream().mapToLong(Session::keyBytes).sum() + keyBytes;
    if (keyBytes > quota.keyBytes()) {
      throw tooManyBytes(quota, keyBytes);
    }
    List<Candidate> candidates = new ArrayList<>();
    for (Session session : own) {
      candidates.add(candidate(session, complete.test(session)));
    }
    candidates.sort(
        Comparator.comparing(Candidate::complete)
            .thenComparing(candidate -> candidate.session.lastUsed()));
    List<Session> evicted = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (sessions <= quota.sessions() && bytes <= quota.keyBytes()) {
        break;
      }
      if (!candidate.session.isInUse() && !candidate.free.isAfter(now)) {
        evicted.add(candidate.session);
        sessions--;
        bytes -= candidate.session.keyBytes();
      }
    }
    if (sessions > quota.sessions()) {
      throw retryable(
          ProblemException.of(
              ProblemType.QUOTA_EXCEEDED,
              "session number " + sessions,
              "at most " + quota.sessions() + " (sessionsPerTenantMax)",
              "delete a session that is no longer used (GET /v2/sessions lists them)"),
          "sessionsPerTenantMax",
          candidates,
          now);
    }
    if (bytes > quota.keyBytes()) {
      throw retryable(tooManyBytes(quota, bytes), "keyBytesPerTenantMax", candidates, now);
    }
    return evicted;
  }

  private record Candidate(Session session, boolean complete, Instant free) {}

  private Candidate candidate(Session session, boolean complete) {
    int idle = complete ? limits.sessionEvictIdleSeconds() : limits.incompleteSessionIdleSeconds();
    return new Candidate(session, complete, session.lastUsed().plusSeconds(idle));
  }

  private static ProblemException tooManyBytes(Quota quota, long bytes) {
    return ProblemException.of(
            ProblemType.QUOTA_EXCEEDED,
            bytes + " bytes of keys with this session's",
            "at most " + quota.keyBytes() + " (keyBytesPerTenantMax)",
            "delete a session that is no longer used, or name fewer modes and token classes")
        .with("limit", "keyBytesPerTenantMax");
  }

  /** Adds when a session may be evicted, unless all are in use, when it is unknown. */
  private static ProblemException retryable(
      ProblemException problem, String limit, List<Candidate> candidates, Instant now) {
    problem.with("limit", limit);
    candidates.stream()
        .filter(candidate -> !candidate.session.isInUse())
        .map(Candidate::free)
        .min(Comparator.naturalOrder())
        .map(free -> Math.max(1, Duration.between(now, free).toSeconds() + 1))
        .ifPresent(seconds -> problem.with("retryAfterSeconds", seconds.intValue()));
    return problem;
  }
}
