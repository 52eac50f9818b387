package io.cipherstream.server.session;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.server.tenant.Quotas;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sessions, by id and tenant. Look-ups never block; methods that say so touch the disk. Another
 * tenant's session is reported exactly like one that does not exist.
 */
public final class SessionRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);
  private static final Duration TOUCH_AFTER = Duration.ofMinutes(1);

  private final SessionStore store;
  private final Limits limits;
  private final Quotas quotas;
  private final Clock clock;
  private final SessionRoom room;
  private final InferenceIds inferenceIds;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final List<SessionInfo> coming = new ArrayList<>();
  private final GoneSessions gone = new GoneSessions();
  private volatile Consumer<Session> removed = session -> {};

  public SessionRegistry(SessionStore store, Limits limits, Quotas quotas, Clock clock) {
    this.store = store;
    this.limits = limits;
    this.quotas = quotas;
    this.clock = clock;
    this.room = new SessionRoom(limits);
    this.inferenceIds = new InferenceIds(store, limits.inferenceIdsRemembered());
  }

  /** Sets the listener for sessions that are deleted, evicted or expired. */
  public void onRemoved(Consumer<Session> listener) {
    removed = listener;
  }

  /** Reads stored sessions back. Blocks. */
  public void restore() throws IOException {
    for (SessionStore.Stored stored : store.loadAll()) {
      List<InferenceSlot> slots = store.inferenceIds(stored.info().id());
      CkksParameters.withDigest(stored.info().parametersDigest())
          .ifPresentOrElse(
              set -> sessions.put(stored.info().id(), session(stored, set, slots)),
              () -> LOG.warn("{} is for an unknown parameter set", stored.info()));
    }
    LOG.info("{} sessions restored", sessions.size());
  }

  private Session session(
      SessionStore.Stored stored, CkksParameters set, List<InferenceSlot> slots) {
    return new Session(
        stored.info(),
        set,
        stored.keyBytes(),
        stored.lastUsed(),
        slots,
        limits.inferenceIdsRemembered());
  }

  /**
   * Makes and stores a session, or gives the one that the same request made before under the same
   * key. A tenant at its limit loses the sessions that {@link SessionRoom} names. Blocks.
   *
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} if no session may be evicted,
   *     {@link ProblemType#IDEMPOTENCY_MISMATCH} if the key was used for another request, {@link
   *     ProblemType#REQUEST_IN_PROGRESS} if the first one is still being answered
   */
  public Session create(SessionRequest request) throws IOException {
    SessionInfo info = request.info();
    List<Session> evicted;
    synchronized (this) {
      Session made = madeBefore(info);
      if (made != null) {
        return made;
      }
      evicted = evict(request);
      coming.add(info);
    }
    try {
      for (Session session : evicted) {
        LOG.info("session {} of tenant {} made room for another", session.id(), session.tenant());
        forget(session);
      }
      store.create(info);
      Session session =
          new Session(
              info,
              request.parameters(),
              Map.of(),
              clock.instant(),
              List.of(),
              limits.inferenceIdsRemembered());
      sessions.put(session.id(), session);
      return session;
    } finally {
      synchronized (this) {
        coming.remove(info);
      }
    }
  }

  private List<Session> evict(SessionRequest request) {
    String tenant = request.info().tenant();
    int others = (int) coming.stream().filter(info -> info.tenant().equals(tenant)).count();
    while (true) {
      List<Session> chosen =
          room.toEvict(
              quotas.of(tenant),
              of(tenant),
              others,
              request.keyBytes(),
              request.complete(),
              clock.instant());
      List<Session> ended = chosen.stream().filter(Session::removeIfIdle).toList();
      for (Session session : ended) {
        gone.add(
            session,
            "a session used more recently: its tenant made another one at its limit of sessions or"
                + " key bytes");
        sessions.remove(session.id(), session);
      }
      if (ended.size() == chosen.size()) {
        return ended;
      }
      ended.forEach(this::forgetQuietly); // one began to be used meanwhile: choose again
    }
  }

  private @Nullable Session madeBefore(SessionInfo info) {
    SessionInfo.Idempotency wanted = info.idempotency();
    if (wanted == null) {
      return null;
    }
    for (SessionInfo other : coming) {
      if (isSameKey(other, info)) {
        throw ProblemException.of(
                ProblemType.REQUEST_IN_PROGRESS,
                "a repeated request while the first one is being answered",
                "one at a time",
                "send it again after the named time")
            .with("retryAfterSeconds", limits.retryAfterSeconds());
      }
    }
    long since = clock.instant().getEpochSecond() - limits.idempotencyKeySeconds();
    for (Session session : sessions.values()) {
      SessionInfo.Idempotency before = session.info().idempotency();
      if (before != null
          && isSameKey(session.info(), info)
          && session.info().created() >= since
          && !expires(session).isBefore(clock.instant())) {
        if (!before.requestSha256().equals(wanted.requestSha256())) {
          throw ProblemException.of(
              ProblemType.IDEMPOTENCY_MISMATCH,
              "another request under an Idempotency-Key that was used before",
              "the same request again, or a new key",
              "choose a new Idempotency-Key for every new session");
        }
        return session;
      }
    }
    return null;
  }

  private static boolean isSameKey(SessionInfo a, SessionInfo b) {
    return a.tenant().equals(b.tenant())
        && a.idempotency() != null
        && b.idempotency() != null
        && a.idempotency().key().equals(b.idempotency().key());
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
      throw gone.problem(tenant, id);
    }
    if (expires(session).isBefore(clock.instant())) {
      throw GoneSessions.expired(id, usedRecently());
    }
    return session;
  }

  /** What its owner is told of a session that is no longer here. */
  public ProblemException whyGone(Session session) {
    return gone.problem(session.tenant(), session.id());
  }

  /** The session of that id, whoever's it is. */
  public Optional<Session> find(String id) {
    return Optional.ofNullable(sessions.get(id));
  }

  /** When the session expires if it is not used. */
  public Instant expires(Session session) {
    return session.lastUsed().plusSeconds(limits.sessionIdleSeconds());
  }

  /**
   * Begins a use of the session, during which it is not evicted.
   *
   * @throws ProblemException as {@link #require}, if it was removed meanwhile
   */
  public Session.Use use(Session session) {
    Session.Use use = session.use(clock);
    if (use == null) {
      throw gone.problem(session.tenant(), session.id());
    }
    return use;
  }

  /**
   * Begins an inference under an id that must be new.
   *
   * @throws ProblemException {@link ProblemType#ROUND_REPLAYED} if it is not; as {@link #require}
   */
  public InferenceClaim claim(Session session, String inference) {
    Session.Use use = use(session);
    InferenceSlot slot = session.firstUseOf(inference);
    if (slot == null) {
      use.close();
      throw ProblemException.of(
          ProblemType.ROUND_REPLAYED,
          "inference " + inference + " a second time",
          "a fresh random inference id",
          "choose a new id for every inference");
    }
    return new InferenceClaim(
        use,
        inferenceIds
            .add(session, slot)
            .handle(
                (done, failure) -> {
                  if (failure != null) {
                    throw new CompletionException(storageProblem(session, failure));
                  }
                  return null;
                }));
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

  /**
   * Moves a checked key to its place. Blocks.
   *
   * @throws ProblemException as {@link #require}, if the session was removed meanwhile
   */
  public void storeKey(Session session, String label, Path upload, long bytes) throws IOException {
    synchronized (session.files()) {
      if (session.isRemoved()) {
        throw gone.problem(session.tenant(), session.id());
      }
      store.publishKey(upload, session.id(), label);
      session.keyStored(label, bytes);
    }
  }

  /** Removes a session and its keys. Blocks. */
  public void delete(Session session) throws IOException {
    if (sessions.remove(session.id(), session)) {
      session.remove();
      forget(session);
    }
  }

  /** Begins to give a session to another node: nobody uses it here. False if it is in use. */
  boolean leave(Session session) {
    if (!session.leave()) {
      return false;
    }
    gone.moving(session);
    return true;
  }

  /** The other node does not take it. */
  void stay(Session session) {
    if (sessions.get(session.id()) == session) {
      session.stay();
    }
    gone.isHere(session.id());
  }

  /**
   * The other node has it: it is none of this node's from now on, also after a restart. Blocks.
   *
   * @throws ProblemException {@link ProblemType#SESSION_UNKNOWN} if it was deleted meanwhile
   */
  void takeAway(Session session) throws IOException {
    if (!sessions.remove(session.id(), session)) {
      gone.isHere(session.id());
      throw gone.problem(session.tenant(), session.id());
    }
    try {
      synchronized (session.files()) {
        store.takeAway(session.id());
      }
    } catch (IOException e) {
      sessions.put(session.id(), session);
      throw e;
    }
    removed.accept(session);
  }

  /** The other node turned out not to have it. Blocks. */
  void putBack(Session session) throws IOException {
    store.putBack(session.id());
    sessions.put(session.id(), session);
    stay(session);
  }

  /** A session of another node, whose files are unpacked; it is not served yet. Blocks. */
  Session arriving(SessionStore.Stored stored) throws IOException {
    CkksParameters set =
        CkksParameters.withDigest(stored.info().parametersDigest())
            .orElseThrow(() -> new IOException(stored.info() + " is for an unknown parameter set"));
    return session(stored, set, store.arrivingInferenceIds(stored.info().id()));
  }

  /** Serves a session of another node from now on. Blocks. */
  void admit(Session session) throws IOException {
    store.admit(session.id());
    gone.isHere(session.id());
    sessions.put(session.id(), session);
  }

  private void forget(Session session) throws IOException {
    try {
      synchronized (session.files()) {
        store.delete(session.id());
      }
    } finally {
      removed.accept(session); // last, so that nobody loads the keys again in between
    }
  }

  private void forgetQuietly(Session session) {
    try {
      forget(session);
    } catch (IOException e) {
      LOG.warn("the files of session {} could not be removed", session.id(), e);
    }
  }

  /** Removes what has expired. Blocks. */
  public void sweep() throws IOException {
    Instant now = clock.instant();
    for (Session session : List.copyOf(sessions.values())) {
      if (expires(session).isBefore(now) && session.removeIfIdle()) {
        gone.add(session, usedRecently());
        delete(session);
        LOG.info("session {} expired", session.id());
      }
    }
  }

  public Collection<Session> all() {
    return List.copyOf(sessions.values());
  }

  /** A tenant's sessions in the order of their ids. */
  public List<Session> of(String tenant) {
    return sessions.values().stream()
        .filter(session -> session.tenant().equals(tenant))
        .sorted(Comparator.comparing(Session::id))
        .toList();
  }

  /** Bytes of the stored keys of one tenant. */
  public long keyBytes(String tenant) {
    return of(tenant).stream().mapToLong(Session::keyBytes).sum();
  }

  /** Labels in {@code required} that the session has not stored. */
  public static List<String> missing(RequiredKeys required, Session session) {
    Set<String> stored = session.storedKeys();
    return required.missing(stored);
  }

  /** Ends the writes in the background. */
  @Override
  public void close() {
    inferenceIds.close();
  }

  private Throwable storageProblem(Session session, Throwable failure) {
    return failure instanceof NoSuchFileException && session.isRemoved()
        ? gone.problem(session.tenant(), session.id())
        : StorageProblems.of(failure);
  }

  private String usedRecently() {
    return "a session used within the last " + limits.sessionIdleSeconds() + " seconds";
  }
}
