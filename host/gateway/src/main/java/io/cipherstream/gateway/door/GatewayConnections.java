package io.cipherstream.gateway.door;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections, of which there are only so many; those without a request for too long are
 * closed by {@link #sweep}. Thread-safe.
 */
public final class GatewayConnections {

  /** What a connection is at. */
  private static final class Use {
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long idleSince = System.nanoTime();
  }

  private final int most;
  private final long idleNanos;
  private final Map<HttpConnection, Use> open = new ConcurrentHashMap<>();

  /**
   * @param most connections; further ones are closed at once
   * @param idleSeconds that one may stay without a request
   */
  public GatewayConnections(int most, int idleSeconds) {
    this.most = most;
    this.idleNanos = TimeUnit.SECONDS.toNanos(idleSeconds);
  }

  /** A connection has been made. */
  public void opened(HttpConnection connection) {
    if (open.size() >= most) {
      var unused = connection.close();
      return;
    }
    open.put(connection, new Use());
    connection.closeHandler(closed -> open.remove(connection));
  }

  /** A request has come, whose connection is not idle until it is {@link #answered}. */
  public void begun(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.requests.incrementAndGet();
    }
  }

  public void answered(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.idleSince = System.nanoTime();
      use.requests.decrementAndGet();
    }
  }

  /** Closes those that are idle for too long. */
  public void sweep() {
    long now = System.nanoTime();
    open.forEach(
        (connection, use) -> {
          if (use.requests.get() == 0 && now - use.idleSince > idleNanos) {
            var unused = connection.close();
          }
        });
  }

  /** Closes all of them, those of HTTP/2 without waiting for their callers. */
  public void closeAll() {
    open.keySet()
        .forEach(
            connection -> {
              var unused = connection.shutdown(0, TimeUnit.SECONDS);
            });
  }

  /** Closes a connection at once, whatever its peer has still to read. */
  public static void abort(HttpConnection connection) {
    Channel channel = ((ConnectionBase) connection).channel();
    channel.eventLoop().execute(() -> channel.unsafe().close(channel.newPromise()));
  }

  /** Open connections. */
  public int count() {
    return open.size();
  }
}
