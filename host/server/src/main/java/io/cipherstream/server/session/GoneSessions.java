package io.cipherstream.server.session;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that the appliance itself ended or gives to another node, so that it can tell their
 * owner why. Bounded: beyond the bound, and after a restart, such a session is unknown like any
 * other. Thread-safe.
 */
final class GoneSessions {

  /** Sessions remembered. */
  private static final int SESSIONS_MAX = 8192;

  /**
   * @param expected what would have kept the session; null where it moves to another node
   */
  private record Gone(String tenant, @Nullable String expected) {}

  private final Map<String, Gone> gone = new LinkedHashMap<>();

  /**
   * @param expected what would have kept the session
   */
  void add(Session session, String expected) {
    add(session, new Gone(session.tenant(), expected));
  }

  /** The session moves to another node. */
  void moving(Session session) {
    add(session, new Gone(session.tenant(), null));
  }

  /** The session stays, or has come back. */
  synchronized void isHere(String id) {
    gone.remove(id);
  }

  private synchronized void add(Session session, Gone why) {
    gone.put(session.id(), why);
    if (gone.size() > SESSIONS_MAX) {
      gone.remove(gone.keySet().iterator().next());
    }
  }

  /** The problem of a missing session: unknown, or for its owner the reason for its end. */
  ProblemException problem(String tenant, String id) {
    Gone ended = get(id);
    if (ended == null || !ended.tenant.equals(tenant)) {
      return ProblemException.of(
          ProblemType.SESSION_UNKNOWN,
          "session " + id,
          "a session of this tenant",
          "make a new session and upload the keys again");
    }
    return ended.expected == null ? moving(id) : expired(id, ended.expected);
  }

  private static ProblemException moving(String id) {
    return ProblemException.of(
            ProblemType.NODE_LOST,
            "a request about session " + id + ", which moves to another node",
            "one after it has moved",
            "try again after the named time; an inference under a new id")
        .with("retryAfterSeconds", 1);
  }

  static ProblemException expired(String id, String expected) {
    return ProblemException.of(
        ProblemType.SESSION_EXPIRED,
        "session " + id,
        expected,
        "make a new session and upload the keys again");
  }

  private synchronized @Nullable Gone get(String id) {
    return gone.get(id);
  }
}
