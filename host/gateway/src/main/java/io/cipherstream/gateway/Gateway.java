package io.cipherstream.gateway;

import io.cipherstream.gateway.door.Door;
import io.cipherstream.gateway.door.DoorRouter;
import io.cipherstream.gateway.door.Entrance;
import io.cipherstream.gateway.door.GatewayConnections;
import io.cipherstream.gateway.door.Traffic;
import io.cipherstream.gateway.inference.OpenInferenceDoor;
import io.cipherstream.gateway.inference.OpenInferenceGrpc;
import io.cipherstream.gateway.openai.OpenAiDoor;
import io.cipherstream.gateway.page.PageDoor;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.tei.TeiDoor;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import io.cipherstream.trace.RequestTracing;
import io.cipherstream.trace.Traces;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A running gateway: one listener for all doors. Callers send text; the models that it is given
 * turn it into encrypted requests. Safe for concurrent use.
 */
public final class Gateway implements AutoCloseable {

  private static final Duration EXPIRY_WARNING = Duration.ofDays(30);
  private static final long SWEEP_MILLIS = 1000;
  private static final long START_SECONDS = 30;
  private static final long STOP_SECONDS = 10;
  private static final long DRAIN_POLL_MILLIS = 50;

  private final Vertx vertx;
  private final GatewayOptions options;
  private final GatewayLog log;
  private final GatewayConnections connections;
  private final StatusDoor status;
  private final Traffic traffic;
  private final HttpServer server;
  private final @Nullable HttpServer grpc;

  private Gateway(
      Vertx vertx,
      GatewayOptions options,
      ModelDirectory models,
      GatewayLog log,
      GatewayMetrics metrics) {
    this.vertx = vertx;
    this.options = options;
    this.log = log;
    this.connections =
        new GatewayConnections(options.limits().connectionsMax(), options.limits().idleSeconds());
    this.status = new StatusDoor(models, metrics);
    List<Door> doors =
        List.of(
            new OpenAiDoor(models),
            new OpenInferenceDoor(models, status::ready),
            new TeiDoor(models),
            new PageDoor(models),
            status);
    this.traffic = new Traffic(options.limits().requestsMax(), log, metrics);
    Entrance entrance = new Entrance(options.token());
    metrics.gauge("gateway.connections", "Open connections", connections::count);
    this.server =
        vertx
            .createHttpServer(GatewayHttp.options(options))
            .connectionHandler(connections::opened)
            .requestHandler(
                new DoorRouter(vertx, doors, entrance, options.limits(), connections, traffic));
    this.grpc =
        options.grpcPort().isEmpty()
            ? null
            : vertx
                .createHttpServer(GatewayHttp.grpc(options, options.grpcPort().getAsInt()))
                .connectionHandler(connections::opened)
                .requestHandler(
                    new OpenInferenceGrpc(
                        vertx,
                        models,
                        status::ready,
                        entrance,
                        options.limits(),
                        connections,
                        traffic));
  }

  /**
   * Listens; returns once it does.
   *
   * @param models that callers may ask
   * @param traces where the spans of requests go; stays the caller's
   * @throws GatewayStartException if it cannot listen, which says why
   */
  public static Gateway start(
      GatewayOptions options,
      ModelDirectory models,
      GatewayLog log,
      GatewayMetrics metrics,
      Traces traces) {
    options.tls().ifPresent(tls -> checkEnd(tls, log));
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2))
            .withTracer(RequestTracing.of(traces.telemetry(), DoorRouter::isProbe))
            .build();
    try {
      Gateway gateway = new Gateway(vertx, options, models, log, metrics);
      await(gateway.server.listen(), START_SECONDS);
      if (gateway.grpc != null) {
        await(gateway.grpc.listen(), START_SECONDS);
        log.event("listening", Map.of("grpc", gateway.grpcPort()));
      }
      vertx.setPeriodic(SWEEP_MILLIS, timer -> gateway.connections.sweep());
      log.event("listening", Map.of("url", gateway.url()));
      return gateway;
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      var unused = vertx.close();
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      throw new GatewayStartException(
          "the gateway cannot listen on "
              + options.host()
              + ":"
              + options.port()
              + ": "
              + cause.getMessage(),
          cause);
    }
  }

  private static void checkEnd(GatewayTls tls, GatewayLog log) {
    GatewayTls.Validity validity;
    try {
      validity = tls.validity();
    } catch (IllegalArgumentException e) {
      throw new GatewayStartException(String.valueOf(e.getMessage()), e);
    }
    Instant now = Instant.now();
    Instant end = validity.ends();
    if (validity.begins().isAfter(now)) {
      throw new GatewayStartException(
          "TLS certificate "
              + tls.certificate()
              + " begins "
              + validity.begins()
              + " and this machine's clock says "
              + now
              + ": expected one that callers can trust now; set the clock, or wait");
    }
    if (end.isBefore(now)) {
      throw new GatewayStartException(
          "TLS certificate "
              + tls.certificate()
              + " ended "
              + end
              + ": expected one that callers can trust now");
    }
    if (end.isBefore(now.plus(EXPIRY_WARNING))) {
      log.warning("certificate-ends", Map.of("end", end.toString()));
    }
  }

  /** The address for callers. */
  public String url() {
    String host = options.host();
    return (options.tls().isPresent() ? "https" : "http")
        + "://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + server.actualPort();
  }

  /** The port of gRPC; 0 without one. */
  public int grpcPort() {
    return grpc == null ? 0 : grpc.actualPort();
  }

  /** Whether every model can be asked. */
  public boolean ready() {
    return status.ready();
  }

  /** Refuses new requests, waits for the running ones, then closes. */
  @Override
  public void close() {
    status.stopping();
    traffic.drain();
    log.event("stopping", Map.of("requests", traffic.running()));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.limits().drainSeconds());
    try {
      while (traffic.running() > 0 && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
      }
      connections.closeAll();
      await(vertx.close(), STOP_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.failure("stop-failed", Map.of(), e);
    }
    log.event("stopped", Map.of());
  }

  private static void await(Future<?> future, long seconds)
      throws ExecutionException, TimeoutException {
    try {
      future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted");
    }
  }
}
