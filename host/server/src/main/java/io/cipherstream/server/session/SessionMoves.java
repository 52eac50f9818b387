package io.cipherstream.server.session;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.Quota;
import io.cipherstream.server.tenant.Quotas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that go from one node of a cluster to another, at both ends. At no time do both serve
 * one: it leaves its place at the one before it gets its place at the other. Thread-safe; what
 * touches the disk says so.
 */
public final class SessionMoves {

  /** How long an unpacked session waits to be served before it is deleted. */
  private static final Duration ARRIVING_KEPT = Duration.ofMinutes(10);

  private final SessionStore store;
  private final SessionRegistry registry;
  private final Quotas quotas;
  private final InstantSource clock;
  private final Map<String, Arriving> arriving = new HashMap<>();

  private record Arriving(Session session, Instant since) {}

  public SessionMoves(
      SessionStore store, SessionRegistry registry, Quotas quotas, InstantSource clock) {
    this.store = store;
    this.registry = registry;
    this.quotas = quotas;
    this.clock = clock;
  }

  /** The sessions that nobody uses now, the one used last first. */
  public List<Session> idle() {
    Instant now = clock.instant();
    return registry.all().stream()
        .filter(session -> !session.isInUse() && registry.expires(session).isAfter(now))
        .sorted(Comparator.comparing(Session::lastUsed).reversed())
        .toList();
  }

  /**
   * Begins to give a session away, so that requests about it are to be sent again. Blocks.
   *
   * @return its files in one, or null if it is in use; they are the caller's to delete
   * @throws IOException if the files cannot be read or written; the session stays then
   */
  public @Nullable Path leave(Session session) throws IOException {
    if (!registry.leave(session)) {
      return null;
    }
    try {
      synchronized (session.files()) {
        return store.pack(session.id());
      }
    } catch (IOException | RuntimeException e) {
      registry.stay(session);
      throw e;
    }
  }

  /** The other node did not take it: it is served here as before. */
  public void stay(Session session) {
    registry.stay(session);
  }

  /**
   * The other node has it, and does not serve it yet. From now on this one does not. Blocks.
   *
   * @throws ProblemException {@link ProblemType#SESSION_UNKNOWN} if it was deleted meanwhile
   */
  public void handOver(Session session) throws IOException {
    registry.takeAway(session);
  }

  /** The other node says that it does not have it: it is served here again. Blocks. */
  public void takeBack(Session session) throws IOException {
    registry.putBack(session);
  }

  /** The other node serves it, or may: its files here are deleted. Blocks. */
  public void left(Session session) throws IOException {
    store.forgetLeft(session.id());
  }

  /**
   * Takes a session from another node; it is not served before {@link #serve}. Blocks.
   *
   * @param packed its files in one; deleted here
   * @param lastUsed at the other node
   * @param check throws if this node cannot serve it
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} if its tenant would have too much
   *     here, or what {@code check} throws
   * @throws IOException if the files are not whole or of another session
   */
  public synchronized void take(String id, Path packed, Instant lastUsed, Consumer<Session> check)
      throws IOException {
    arriving.remove(id);
    try {
      SessionStore.Stored stored = store.unpack(packed, id, lastUsed);
      try {
        Session session = registry.arriving(stored);
        checkRoom(session);
        check.accept(session);
        arriving.put(id, new Arriving(session, clock.instant()));
      } catch (IOException | RuntimeException e) {
        store.refuse(id);
        throw e;
      }
    } finally {
      Files.deleteIfExists(packed);
    }
  }

  private void checkRoom(Session session) {
    String tenant = session.tenant();
    Quota quota = quotas.of(tenant);
    List<Session> others =
        arriving.values().stream()
            .map(Arriving::session)
            .filter(each -> each.tenant().equals(tenant))
            .toList();
    int sessions = registry.of(tenant).size() + others.size() + 1;
    long bytes =
        registry.keyBytes(tenant)
            + others.stream().mapToLong(Session::keyBytes).sum()
            + session.keyBytes();
    if (registry.find(session.id()).isPresent()
        || sessions > quota.sessions()
        || bytes > quota.keyBytes()) {
      throw ProblemException.of(
          ProblemType.QUOTA_EXCEEDED,
          "session number " + sessions + " of its tenant, with " + bytes + " bytes of keys in all",
          "a new one, at most " + quota.sessions() + " and " + quota.keyBytes() + " bytes",
          "ask another node");
    }
  }

  /** Serves a session that was taken; false if this node does not have it. Blocks. */
  public synchronized boolean serve(String id) throws IOException {
    Arriving taken = arriving.remove(id);
    if (taken == null) {
      return registry.find(id).isPresent(); // asked twice, since the first answer was lost
    }
    registry.admit(taken.session());
    return true;
  }

  /** Deletes sessions that nobody asked to serve. Blocks. */
  public synchronized void sweep() throws IOException {
    Instant before = clock.instant().minus(ARRIVING_KEPT);
    for (Map.Entry<String, Arriving> each : List.copyOf(arriving.entrySet())) {
      if (each.getValue().since().isBefore(before)) {
        arriving.remove(each.getKey());
        store.refuse(each.getKey());
      }
    }
  }
}
