package io.cipherstream.server.api;

import io.cipherstream.trace.RequestTracing;
import io.cipherstream.trace.Traces;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetServerOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reports every accepted TCP connection to its listener's {@link Connections} before anything else
 * sees it. Vert.x itself reports a connection only after the TLS handshake, and does not report its
 * end after an upgrade.
 */
public final class Acceptance extends NioTransport {

  private final Map<Integer, Connections> byPort = new ConcurrentHashMap<>();

  private Acceptance() {}

  /**
   * A Vert.x whose listeners can be watched.
   *
   * @param traces where the spans go of requests whose clients have a trace; stays the caller's
   */
  public static Vertx vertx(VertxOptions options, Traces traces) {
    return Vertx.builder()
        .with(options)
        .withTracer(RequestTracing.of(traces.telemetry(), path -> false))
        .withTransport(new TransportInternal("nio", true, null, new Acceptance()))
        .build();
  }

  /**
   * Watches the listener of that port from now on; call this before it listens.
   *
   * @param vertx made by {@link #vertx}
   * @param port as in the listener's options, where each negative number is a free port of its own
   */
  public static void watch(Vertx vertx, int port, Connections connections) {
    if (!(((VertxInternal) vertx).transport() instanceof Acceptance acceptance)) {
      throw new IllegalArgumentException("expected a Vert.x made by Acceptance.vertx");
    }
    acceptance.byPort.put(port, connections);
  }

  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    super.configure(options, domainSocket, bootstrap);
    Connections connections = byPort.get(options.getPort());
    if (connections != null) {
      bootstrap.handler(new Door(connections));
    }
  }

  /** Runs before the handler that registers an accepted channel with an event loop. */
  @Sharable
  private static final class Door extends ChannelInboundHandlerAdapter {
    private final Connections connections;

    Door(Connections connections) {
      this.connections = connections;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
      Channel channel = (Channel) accepted;
      if (connections.accepted(channel)) {
        ctx.fireChannelRead(channel);
      } else {
        channel.unsafe().closeForcibly();
      }
    }
  }
}
