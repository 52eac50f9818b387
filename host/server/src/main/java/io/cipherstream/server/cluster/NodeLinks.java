package io.cipherstream.server.cluster;

import io.cipherstream.server.config.ServerConfig.Cluster;
import io.cipherstream.server.config.ServerConfig.ClusterNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Connections between nodes: TLS 1.3 by which both sides prove a certificate of the cluster's own
 * authority. The side that connects also checks that the certificate is of the node that it means.
 * Thread-safe.
 */
final class NodeLinks {

  private static final int CONNECT_MILLIS = 5000;
  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int LINE_BYTES_MAX = 4096;
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

  private final Vertx vertx;
  private final Cluster cluster;
  private final int idleSeconds;
  private final Map<String, HttpClientAgent> clients = new ConcurrentHashMap<>();

  /**
   * @param cluster with certificate, key and authority
   * @param idleSeconds after which a connection without traffic is closed
   */
  NodeLinks(Vertx vertx, Cluster cluster, int idleSeconds) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.idleSeconds = idleSeconds;
  }

  /** For the listener that other nodes connect to. */
  HttpServerOptions serverOptions(ClusterNode self) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxHeaderSize(HEADER_BYTES_MAX)
            .setMaxInitialLineLength(LINE_BYTES_MAX)
            .setHttp2ClearTextEnabled(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false);
    options
        .setPort(self.port())
        .setHost(ClusterNodes.isOnThisMachine(self) ? self.host() : "0.0.0.0")
        .setTcpNoDelay(true)
        .setIdleTimeout(idleSeconds)
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setSsl(true)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(identity())
        .setTrustOptions(authority());
    return options.setClientAuth(ClientAuth.REQUIRED);
  }

  /**
   * A request to another node; fails after {@link #CONNECT_MILLIS} if it cannot be reached, and
   * whenever the node is {@linkplain #drop dropped}.
   */
  Future<HttpClientRequest> request(ClusterNode node, RequestOptions options) {
    return client(node)
        .request(
            options
                .setServer(SocketAddress.inetSocketAddress(node.port(), node.host()))
                .setHost(node.name()) // which the certificate has to be of
                .setPort(node.port())
                .setConnectTimeout(CONNECT_MILLIS));
  }

  /** Ends all that is on its way to a node which has left, so that nobody waits for it. */
  void drop(ClusterNode node) {
    HttpClientAgent client = clients.remove(node.name());
    if (client != null) {
      client.close();
    }
  }

  HttpClientAgent client(ClusterNode node) {
    return clients.computeIfAbsent(
        node.name(),
        name ->
            vertx.createHttpClient(
                clientOptions(),
                new PoolOptions()
                    .setHttp1MaxSize(cluster.connectionsMax())
                    .setMaxWaitQueueSize(cluster.connectionsMax())));
  }

  private HttpClientOptions clientOptions() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setMaxHeaderSize(HEADER_BYTES_MAX)
            .setVerifyHost(true)
            .setKeepAliveTimeout(idleSeconds / 2);
    options
        .setSsl(true)
        .setTcpNoDelay(true)
        .setIdleTimeout(idleSeconds)
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(identity())
        .setTrustOptions(authority());
    return options;
  }

  private PemKeyCertOptions identity() {
    return new PemKeyCertOptions()
        .setCertPath(Objects.requireNonNull(cluster.certificate()).toString())
        .setKeyPath(Objects.requireNonNull(cluster.key()).toString());
  }

  private PemTrustOptions authority() {
    return new PemTrustOptions()
        .addCertPath(Objects.requireNonNull(cluster.authority()).toString());
  }

  void close() {
    clients.values().forEach(HttpClientAgent::close);
    clients.clear();
  }
}
