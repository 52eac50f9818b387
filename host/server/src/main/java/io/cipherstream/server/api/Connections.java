package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections of one listener, each from its acceptance to the end of its channel, whatever
 * happens to it: a failed handshake, HTTP/1, HTTP/2, a WebSocket. Thread-safe.
 *
 * <p>Connections over the limit get one answer, {@code overloaded}, or health if they ask for it.
 * Those over twice the limit are closed at once. {@link #sweep} closes connections that take too
 * long.
 */
public final class Connections {

  private static final AttributeKey<Peer> PEER = AttributeKey.valueOf(Connections.class, "peer");

  private final int most;
  private final String limit;
  private final int retryAfterSeconds;
  private final long requestDeadlineNanos;
  private final long idleNanos;
  private final Set<Peer> open = ConcurrentHashMap.newKeySet();

  /** One connection. Its fields are written by its event loop and read by the sweep. */
  private static final class Peer {
    private final Channel channel;
    private final boolean surplus;
    private final long openedAt = System.nanoTime();
    private volatile @Nullable String tenant;
    private volatile boolean upgraded;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long idleSince = openedAt;

    Peer(Channel channel, boolean surplus) {
      this.channel = channel;
      this.surplus = surplus;
    }
  }

  /**
   * @param most connections that are served
   * @param limit the name of that limit
   * @param requestDeadlineSeconds seconds until a connection must have shown an API key
   * @param idleSeconds seconds that a connection may stay without a request
   */
  public Connections(
      int most, String limit, int retryAfterSeconds, int requestDeadlineSeconds, int idleSeconds) {
    this.most = most;
    this.limit = limit;
    this.retryAfterSeconds = retryAfterSeconds;
    this.requestDeadlineNanos = TimeUnit.SECONDS.toNanos(requestDeadlineSeconds);
    this.idleNanos = TimeUnit.SECONDS.toNanos(idleSeconds);
  }

  /** Counts a connection until its channel closes; false if it is one too many. */
  boolean accepted(Channel channel) {
    int before = open.size();
    if (before >= 2L * most) {
      return false;
    }
    Peer peer = new Peer(channel, before >= most);
    channel.attr(PEER).set(peer);
    open.add(peer);
    channel.closeFuture().addListener(closed -> open.remove(peer));
    return true;
  }

  /** Frees data held back by a pause when the connection ends; only reading frees it. */
  void established(HttpConnection connection) {
    if (connection instanceof VertxConnection http1) {
      http1.channel().closeFuture().addListener(closed -> http1.doResume());
    }
  }

  /** A request has arrived; its connection is not idle until it is answered. */
  void begun(RoutingContext ctx) {
    Peer peer = peer(ctx.request().connection());
    peer.requests.incrementAndGet();
    ctx.addEndHandler(
        answered -> {
          peer.idleSince = System.nanoTime();
          peer.requests.decrementAndGet();
        });
  }

  /** A request with an API key has arrived. */
  void known(RoutingContext ctx) {
    peer(ctx.request().connection()).tenant = Requests.tenant(ctx);
  }

  /** The connection became a WebSocket, which has its own limits. */
  void upgraded(HttpConnection connection) {
    peer(connection).upgraded = true;
  }

  /**
   * @throws ProblemException {@link ProblemType#OVERLOADED} on a connection over the limit
   */
  void check(RoutingContext ctx) {
    if (peer(ctx.request().connection()).surplus) {
      closing(ctx);
      throw ProblemException.of(
              ProblemType.OVERLOADED,
              "a connection over the limit",
              "at most " + most + " (" + limit + ")",
              "try again after the named time")
          .with("limit", limit)
          .with("retryAfterSeconds", retryAfterSeconds);
    }
  }

  /** Asks the client to close the connection after this answer. */
  static void closing(RoutingContext ctx) {
    if (ctx.request().version() != HttpVersion.HTTP_2) {
      ctx.response().putHeader("Connection", "close");
    }
  }

  /** Closes connections that show no API key in time, and those without a request for too long. */
  public void sweep() {
    long now = System.nanoTime();
    for (Peer peer : open) {
      boolean stranger = peer.tenant == null && now - peer.openedAt > requestDeadlineNanos;
      boolean idle = !peer.upgraded && peer.requests.get() == 0 && now - peer.idleSince > idleNanos;
      if ((stranger || idle) && peer.channel.isRegistered()) {
        abort(peer.channel);
      }
    }
  }

  /** Ends one request at once, over HTTP/1.1 with its connection. */
  static void breakOff(RoutingContext ctx) {
    if (ctx.request().version() == HttpVersion.HTTP_2) {
      ctx.response().reset();
    } else {
      abort(ctx.request().connection());
    }
  }

  /** Closes a connection at once, whatever is still to be written to it. */
  static void abort(HttpConnection connection) {
    abort(channel(connection));
  }

  private static void abort(Channel channel) {
    channel.eventLoop().execute(() -> channel.unsafe().close(channel.newPromise()));
  }

  /** Open connections. */
  public int count() {
    return open.size();
  }

  /** Open connections that last showed an API key of {@code tenant}. */
  int count(String tenant) {
    return (int) open.stream().filter(peer -> tenant.equals(peer.tenant)).count();
  }

  private static Peer peer(HttpConnection connection) {
    return channel(connection).attr(PEER).get();
  }

  private static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }
}
