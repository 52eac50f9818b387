package io.cipherstream.server;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.ServerConfig;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The HTTP server's options: limits on everything, no compression of what comes from outside. */
final class HttpOptions {

  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int LINE_BYTES_MAX = 4096;
  private static final int BACKLOG = 4096;

  private HttpOptions() {}

  static HttpServerOptions of(ServerConfig config, @Nullable TlsFiles tls) {
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
        .setDecompressionSupported(false)
        .setCompressionSupported(false);
    if (tls != null) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setCertPath(tls.certificate().toString())
                  .setKeyPath(tls.key().toString()));
    }
    return options;
  }
}
