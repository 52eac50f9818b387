package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.VertxConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts TCP connections. Those over the limit get one answer, {@code overloaded}, and are closed;
 * those over twice the limit are closed at once.
 */
public final class Connections {

  private final int most;
  private final int retryAfterSeconds;
  private final Set<HttpConnection> accepted = ConcurrentHashMap.newKeySet();
  private final Set<HttpConnection> surplus = ConcurrentHashMap.newKeySet();

  public Connections(int most, int retryAfterSeconds) {
    this.most = most;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  void opened(HttpConnection connection) {
    boolean within = accepted.size() < most;
    if (!within && surplus.size() >= most) {
      connection.close();
      return;
    }
    Set<HttpConnection> group = within ? accepted : surplus;
    group.add(connection);
    if (!(connection instanceof VertxConnection of)) { // HTTP/2, which is never upgraded
      connection.closeHandler(v -> group.remove(connection));
      return;
    }
    // Of the channel, not of the connection: a close handler is not called after an upgrade.
    of.channel()
        .closeFuture()
        .addListener(
            closed -> {
              group.remove(connection);
              of.doResume(); // messages held back by a pause are freed only when they are read
            });
  }

  /** Closes the TCP connection at once, whatever is still to be written to it. */
  static void abort(HttpConnection connection) {
    if (!(connection instanceof VertxConnection of)) {
      connection.close();
      return;
    }
    Channel channel = of.channel();
    channel.eventLoop().execute(() -> channel.unsafe().close(channel.newPromise()));
  }

  /**
   * @throws ProblemException {@link ProblemType#OVERLOADED} on a connection over the limit
   */
  void check(RoutingContext ctx) {
    if (surplus.contains(ctx.request().connection())) {
      if (ctx.request().version() != HttpVersion.HTTP_2) {
        ctx.response().putHeader("Connection", "close");
      }
      throw ProblemException.of(
              ProblemType.OVERLOADED,
              "a connection over the limit",
              "at most " + most + " (connectionsMax)",
              "try again after the named time")
          .with("limit", "connectionsMax")
          .with("retryAfterSeconds", retryAfterSeconds);
    }
  }

  /** Open connections. */
  public int count() {
    return accepted.size() + surplus.size();
  }
}
