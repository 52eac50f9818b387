package io.cipherstream.server.session;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that the appliance itself ended, so that it can tell their owner why. Bounded: beyond
 * the bound, and after a restart, such a session is unknown like any other. Thread-safe.
 */
final class GoneSessions {

  /** Sessions remembered. */
  private static final int SESSIONS_MAX = 8192;

  private record Gone(String tenant, String expected) {}

  private final Map<String, Gone> gone = new LinkedHashMap<>();

  /**
   * @param expected what would have kept the session
   */
  synchronized void add(Session session, String expected) {
    gone.put(session.id(), new Gone(session.tenant(), expected));
    if (gone.size() > SESSIONS_MAX) {
      gone.remove(gone.keySet().iterator().next());
    }
  }

  /** The problem of a missing session: unknown, or for its owner the reason for its end. */
  ProblemException problem(String tenant, String id) {
    Gone ended = get(id);
    return ended != null && ended.tenant.equals(tenant)
        ? expired(id, ended.expected)
        : ProblemException.of(
            ProblemType.SESSION_UNKNOWN,
            "session " + id,
            "a session of this tenant",
            "make a new session and upload the keys again");
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
