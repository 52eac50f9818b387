package io.cipherstream.server;

import io.cipherstream.server.api.Acceptance;
import io.cipherstream.server.api.AdminVerticle;
import io.cipherstream.server.api.Administration;
import io.cipherstream.server.api.ApiServices;
import io.cipherstream.server.api.ApiVerticle;
import io.cipherstream.server.api.Connections;
import io.cipherstream.server.api.HealthVerticle;
import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.MemoryPlan;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.serving.ModelShelf;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an appliance listens on: for clients, and where they are configured for health, for the
 * administration and for the other nodes of a cluster. Each counts its connections.
 */
final class Listeners {

  /** File in the data directory with the administration's token; without it another is made. */
  private static final String ADMIN_TOKEN = "admin-token";

  private static final int ADMIN_TOKEN_CHARS_MIN = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final Vertx vertx;
  private final ServerConfig config;
  private final @Nullable TlsIdentity tls;
  private final @Nullable Cluster cluster;
  private final Connections clients;
  private final Connections health;
  private final Connections admin;
  private final Connections nodes;
  private final AtomicInteger port = new AtomicInteger();
  private final AtomicInteger healthPort = new AtomicInteger(-1);
  private final AtomicInteger adminPort = new AtomicInteger(-1);

  /**
   * @param tls null for plain HTTP
   * @param cluster null for an appliance that stands alone
   */
  Listeners(
      Vertx vertx, ServerConfig config, @Nullable TlsIdentity tls, @Nullable Cluster cluster) {
    this.vertx = vertx;
    this.config = config;
    this.tls = tls;
    this.cluster = cluster;
    Limits limits = config.limits();
    this.clients = counted(limits.connectionsMax(), "connectionsMax");
    this.health = counted(limits.healthConnectionsMax(), "healthConnectionsMax");
    this.admin = counted(limits.healthConnectionsMax(), "healthConnectionsMax");
    this.nodes =
        counted(
            config.cluster().connectionsMax() * Math.max(1, config.cluster().nodes().size()),
            "cluster.connectionsMax");
  }

  private Connections counted(int most, String limit) {
    return new Connections(
        most,
        limit,
        config.limits().retryAfterSeconds(),
        config.limits().requestDeadlineSeconds(),
        config.limits().idleConnectionSeconds());
  }

  /** Those of clients. */
  Connections connections() {
    return clients;
  }

  /** Begins to listen; completes when all do. */
  Future<?> open(ApiServices api, ModelShelf shelf, MemoryPlan memory) {
    HttpServerOptions options = HttpOptions.of(config, tls);
    Acceptance.watch(vertx, options.getPort(), clients);
    return vertx
        .deployVerticle(
            () -> new ApiVerticle(api, HttpOptions.of(config, tls), port::set),
            new DeploymentOptions().setInstances(loops()))
        .compose(id -> openForHealth(api))
        .compose(id -> openForAdministration(api, shelf, memory))
        .compose(id -> openForNodes(api));
  }

  private Future<?> openForHealth(ApiServices api) {
    if (config.bind().healthPort() < 0) {
      return Future.succeededFuture();
    }
    HttpServerOptions options = HttpOptions.health(config);
    Acceptance.watch(vertx, options.getPort(), health);
    return vertx
        .deployVerticle(
            new HealthVerticle(api.inference().catalog(), health, options, healthPort::set))
        .onSuccess(
            id -> LOG.info("health at http://{}:{}", config.bind().healthHost(), healthPort));
  }

  private Future<?> openForAdministration(ApiServices api, ModelShelf shelf, MemoryPlan memory) {
    if (config.bind().adminPort() < 0) {
      return Future.succeededFuture();
    }
    String token;
    try {
      token =
          SecretFile.of(
              config.dataDirectory().resolve(ADMIN_TOKEN), "a token", ADMIN_TOKEN_CHARS_MIN);
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    HttpServerOptions options = HttpOptions.admin(config);
    Acceptance.watch(vertx, options.getPort(), admin);
    Administration administration =
        new Administration(api.inference(), shelf, clients, memory, ServerVersion.CURRENT, cluster);
    return vertx
        .deployVerticle(
            new AdminVerticle(
                administration, admin, api.inference().audit(), token, options, adminPort::set))
        .onSuccess(id -> LOG.info("administration at http://127.0.0.1:{}/admin/", adminPort));
  }

  private Future<?> openForNodes(ApiServices api) {
    Cluster others = cluster;
    if (others == null) {
      return Future.succeededFuture();
    }
    HttpServerOptions options = others.listener();
    Acceptance.watch(vertx, options.getPort(), nodes);
    return vertx
        .deployVerticle(
            () -> ApiVerticle.forNodes(api, others, nodes),
            new DeploymentOptions().setInstances(loops()))
        .onSuccess(
            id -> {
              LOG.info("node {} at port {}", others.name(), options.getPort());
              others.start();
            });
  }

  private static int loops() {
    return Math.max(2, Runtime.getRuntime().availableProcessors());
  }

  /** Closes connections that take too long. */
  void sweep() {
    admin.sweep();
    clients.sweep();
    health.sweep();
  }

  /** The port for clients. */
  int port() {
    return port.get();
  }

  /** The port for health; -1 if there is none. */
  int healthPort() {
    return healthPort.get();
  }

  /** The port for the administration; -1 if there is none. */
  int adminPort() {
    return adminPort.get();
  }
}
