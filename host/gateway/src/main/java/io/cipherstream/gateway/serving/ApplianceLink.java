package io.cipherstream.gateway.serving;

import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An appliance, and whether it answers: asked every few seconds by a thread of its own.
 * Thread-safe.
 */
final class ApplianceLink implements AutoCloseable {

  private static final long JOIN_MILLIS = 1000;

  private final ClientOptions options;
  private final Duration every;
  private final GatewayLog log;
  private final Thread watcher;
  private volatile boolean healthy = true;
  private volatile boolean closed;

  /**
   * @param options how it is reached; {@link ClientOptions#progress} is not used
   * @param every time between two checks
   */
  ApplianceLink(ClientOptions options, Duration every, GatewayLog log, GatewayMetrics metrics) {
    this.options = options;
    this.every = every;
    this.log = log;
    this.watcher = new Thread(this::watch, "gateway-health-" + name());
    watcher.setDaemon(true);
    metrics.gauge(
        "gateway.appliance.healthy",
        "1 while an appliance answers",
        "appliance",
        name(),
        () -> healthy ? 1 : 0);
  }

  void start() {
    watcher.start();
  }

  ClientOptions options() {
    return options;
  }

  /** Host and port, for logs and metrics. */
  String name() {
    return options.server().getAuthority();
  }

  /** Whether it answered when it was last asked; true before that. */
  boolean healthy() {
    return healthy;
  }

  /** A request to it failed: it counts as gone until a check succeeds. */
  void down(ClientException failure) {
    if (healthy) {
      log.failure("appliance-down", Map.of("appliance", name()), failure);
    }
    healthy = false;
  }

  private void watch() {
    CipherstreamClient client = null;
    while (!closed) {
      client = check(client);
      try {
        TimeUnit.NANOSECONDS.sleep(every.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    if (client != null) {
      client.close();
    }
  }

  /** The client for the next check; null if there was no connection. */
  private @Nullable CipherstreamClient check(@Nullable CipherstreamClient client) {
    CipherstreamClient open = client;
    try {
      if (open == null) {
        open = CipherstreamClient.connect(options);
      }
      boolean ready = open.ready();
      if (ready && !healthy) {
        log.event("appliance-up", Map.of("appliance", name()));
      } else if (!ready && healthy) {
        log.warning("appliance-not-ready", Map.of("appliance", name()));
      }
      healthy = ready;
    } catch (ClientException e) {
      if (!closed) {
        down(e);
      }
    }
    return open;
  }

  @Override
  public void close() {
    closed = true;
    watcher.interrupt();
    try {
      watcher.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
