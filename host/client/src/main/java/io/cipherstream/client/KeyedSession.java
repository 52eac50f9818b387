package io.cipherstream.client;

import io.cipherstream.ckks.CkksParameters;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A secret key and a session under it, each made when it is first needed; the session is made
 * again, or its missing keys are sent, when the appliance no longer has them. One thread at a time.
 */
final class KeyedSession implements AutoCloseable {

  /** How often one piece of work makes a new session or resends its keys. */
  private static final int RENEWALS_MAX = 3;

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final CkksParameters parameters;
  private final Function<ClientKeys, SessionOpener> opener;
  private @Nullable ClientKeys keys;
  private @Nullable SessionRecord session;
  private long keyBytes;

  /**
   * @param opener of a session under those keys
   */
  KeyedSession(
      ApplianceHttp http,
      ClientOptions options,
      CkksParameters parameters,
      Function<ClientKeys, SessionOpener> opener) {
    this.http = http;
    this.options = options;
    this.parameters = parameters;
    this.opener = opener;
  }

  ClientKeys keys() {
    ClientKeys open = keys;
    if (open == null) {
      open =
          ClientKeys.open(
              SecretKeyFile.of(options, parameters), parameters, options.keyPassphrase());
      keys = open;
    }
    return open;
  }

  SessionRecord session() {
    SessionRecord open = session;
    if (open == null) {
      SessionOpener.Opened opened =
          options.spans().in("session", () -> opener.apply(keys()).open());
      open = opened.session();
      keyBytes += opened.keyBytes();
      session = open;
    }
    return open;
  }

  /** Bytes of keys that were sent since this was last asked. */
  long takeKeyBytes() {
    long sent = keyBytes;
    keyBytes = 0;
    return sent;
  }

  /**
   * Does work in the session, from its start again if the session is gone or the appliance is worth
   * waiting for.
   *
   * @param atOnce whether a failure is no reason to wait before the next try
   * @throws ClientException the last failure
   */
  <T> T renewing(BiFunction<SessionRecord, ClientKeys, T> work, Predicate<ClientException> atOnce) {
    Patience patience = http.patience();
    int renewals = 0;
    while (true) {
      try {
        return work.apply(session(), keys());
      } catch (ClientException e) {
        if (needsSession(e) && renewals < RENEWALS_MAX) {
          renewals++;
          session = null;
        } else if (!atOnce.test(e) && !patience.pause(e)) {
          throw e;
        }
      }
    }
  }

  /** Whether a session has to be made again, or some of its keys. */
  private static boolean needsSession(ClientException failure) {
    return failure instanceof ServerProblemException refused
        && switch (refused.problem().slug()) {
          case "session-unknown",
              "session-expired",
              "session-unreachable",
              "key-missing",
              "status-404",
              "status-410" ->
              true;
          default -> false;
        };
  }

  @Override
  public void close() {
    if (keys != null) {
      keys.close();
      keys = null;
    }
  }
}
