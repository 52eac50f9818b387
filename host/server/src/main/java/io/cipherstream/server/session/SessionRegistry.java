package io.cipherstream.server.session;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.engine.RequiredKeys;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sessions, by id and tenant. Look-ups never block; methods that say so touch the disk. Another
 * tenant's session is reported exactly like one that does not exist.
 */
public final class SessionRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);
  private static final Duration TOUCH_AFTER = Duration.ofMinutes(1);

  private final SessionStore store;
  private final Limits limits;
  private final Clock clock;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Map<String, String> expired = new ConcurrentHashMap<>();
  private volatile Consumer<Session> removed = session -> {};

  public SessionRegistry(SessionStore store, Limits limits, Clock clock) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  /** Sets who is told of each session that is deleted or has expired. */
  public void onRemoved(Consumer<Session> listener) {
    removed = listener;
  }

  /** Reads stored sessions back. Blocks. */
  public void restore() throws IOException {
    for (SessionStore.Stored stored : store.loadAll()) {
      CkksParameters.SETS.stream()
          .filter(set -> set.digestHex().equals(stored.info().parametersDigest()))
          .findFirst()
          .ifPresentOrElse(
              set -> {
                Session session =
                    new Session(
                        stored.info(),
                        set,
                        stored.keyBytes(),
                        stored.lastUsed(),
                        limits.inferenceIdsRemembered());
                sessions.put(session.id(), session);
              },
              () -> LOG.warn("{} is for an unknown parameter set", stored.info()));
    }
    LOG.info("{} sessions restored", sessions.size());
  }

  /**
   * Adds and stores a session. Blocks.
   *
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} if the tenant has too many
   */
  public synchronized Session create(SessionInfo info, CkksParameters parameters)
      throws IOException {
    long held = sessions.values().stream().filter(s -> s.tenant().equals(info.tenant())).count();
    if (held >= limits.sessionsPerTenantMax()) {
      throw ProblemException.of(
              ProblemType.QUOTA_EXCEEDED,
              "session number " + (held + 1),
              "at most " + limits.sessionsPerTenantMax() + " (sessionsPerTenantMax)",
              "delete a session that is no longer used")
          .with("limit", "sessionsPerTenantMax");
    }
    store.create(info);
    Session session =
        new Session(info, parameters, Map.of(), clock.instant(), limits.inferenceIdsRemembered());
    sessions.put(session.id(), session);
    return session;
  }

  /**
   * The tenant's session of that id.
   *
   * @throws ProblemException {@link ProblemType#SESSION_UNKNOWN} or {@link
   *     ProblemType#SESSION_EXPIRED}
   */
  public Session require(String tenant, String id) {
    Session session = sessions.get(id);
    if (session == null || !session.tenant().equals(tenant)) {
      throw session == null && tenant.equals(expired.get(id)) ? expiredSession(id) : unknown(id);
    }
    if (expires(session).isBefore(clock.instant())) {
      throw expiredSession(id);
    }
    return session;
  }

  /** When the session expires if it is not used. */
  public Instant expires(Session session) {
    return session.lastUsed().plusSeconds(limits.sessionIdleSeconds());
  }

  /** Records a use; writes it to disk at most once a minute. Blocks. */
  public void touch(Session session) throws IOException {
    Instant now = clock.instant();
    boolean write = session.lastUsed().plus(TOUCH_AFTER).isBefore(now);
    session.used(now);
    if (write) {
      store.touch(session.id(), now);
    }
  }

  /** Removes a session and its keys. Blocks. */
  public void delete(Session session) throws IOException {
    if (sessions.remove(session.id(), session)) {
      try {
        store.delete(session.id());
      } finally {
        removed.accept(session); // last, so that nobody loads the keys again in between
      }
    }
  }

  /** Removes what has expired. Blocks. */
  public void sweep() throws IOException {
    Instant now = clock.instant();
    for (Session session : List.copyOf(sessions.values())) {
      if (expires(session).isBefore(now)) {
        if (expired.size() > limits.sessionsPerTenantMax() * 100) {
          expired.clear();
        }
        expired.put(session.id(), session.tenant());
        delete(session);
        LOG.info("session {} expired", session.id());
      }
    }
  }

  public Collection<Session> all() {
    return List.copyOf(sessions.values());
  }

  /** Bytes of the stored keys of one tenant. */
  public long keyBytes(String tenant) {
    return sessions.values().stream()
        .filter(s -> s.tenant().equals(tenant))
        .mapToLong(Session::keyBytes)
        .sum();
  }

  /** Labels in {@code required} that the session has not stored. */
  public static List<String> missing(RequiredKeys required, Session session) {
    Set<String> stored = session.storedKeys();
    return required.missing(stored);
  }

  private ProblemException expiredSession(String id) {
    return ProblemException.of(
        ProblemType.SESSION_EXPIRED,
        "session " + id,
        "a session used within the last " + limits.sessionIdleSeconds() + " seconds",
        "make a new session and upload the keys again");
  }

  private static ProblemException unknown(String id) {
    return ProblemException.of(
        ProblemType.SESSION_UNKNOWN,
        "session " + id,
        "a session of this tenant",
        "make a new session and upload the keys again");
  }
}
