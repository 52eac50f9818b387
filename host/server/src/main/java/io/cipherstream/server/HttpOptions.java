package io.cipherstream.server;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.ServerConfig;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server's options: limits on everything, and no compression, since clients supply the
 * content.
 */
final class HttpOptions {

  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int LINE_BYTES_MAX = 4096;
  private static final int BACKLOG = 4096;

  /**
   * What a client may send over HTTP/2 before the appliance has read it. With the usual 64 KiB a
   * sealed request stops seven times on its way. A connection without an API key may fill it too.
   */
  private static final int WINDOW_BYTES = 512 * 1024;

  /** TLS 1.3, and the suites of TLS 1.2 with ephemeral keys and authenticated encryption. */
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private HttpOptions() {}

  /**
   * The health listener's port if it is any free one; each negative number is a different free
   * port.
   */
  static HttpServerOptions health(ServerConfig config) {
    int port = config.bind().healthPort();
    return new HttpServerOptions()
        .setHost(config.bind().healthHost())
        .setPort(port == 0 ? -2 : port)
        .setIdleTimeout(config.limits().requestDeadlineSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxInitialLineLength(LINE_BYTES_MAX)
        .setHttp2ClearTextEnabled(false);
  }

  /** The administration's, on this machine alone. */
  static HttpServerOptions admin(ServerConfig config) {
    int port = config.bind().adminPort();
    return new HttpServerOptions()
        .setHost("127.0.0.1")
        .setPort(port == 0 ? -3 : port)
        .setIdleTimeout(config.limits().requestDeadlineSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxInitialLineLength(LINE_BYTES_MAX)
        .setHttp2ClearTextEnabled(false);
  }

  static HttpServerOptions of(ServerConfig config, @Nullable TlsIdentity tls) {
    Limits limits = config.limits();
    HttpServerOptions options = new HttpServerOptions();
    options
        .setHost(config.bind().host())
        .setPort(config.bind().port() == 0 ? -1 : config.bind().port())
        .setAcceptBacklog(BACKLOG)
        .setTcpNoDelay(true)
        .setIdleTimeout(limits.idleConnectionSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
    options
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxInitialLineLength(LINE_BYTES_MAX)
        .setMaxWebSocketFrameSize(limits.frameBytesMax())
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setHttp2ClearTextEnabled(false)
        .setInitialSettings(
            new Http2Settings(options.getInitialSettings()).setInitialWindowSize(WINDOW_BYTES))
        .setHttp2ConnectionWindowSize(WINDOW_BYTES)
        .setDecompressionSupported(false)
        .setCompressionSupported(false);
    if (tls != null) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
          .setKeyCertOptions(tls.options());
      suites().forEach(options::addEnabledCipherSuite);
    }
    return options;
  }

  /** The suites that this Java has. */
  private static List<String> suites() {
    try {
      Set<String> supported =
          Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
      return SUITES.stream().filter(supported::contains).toList();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }
}
