package io.cipherstream.gateway;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.tracing.TracingPolicy;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The listener's options: limits on everything, and no compression. */
final class GatewayHttp {

  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int LINE_BYTES_MAX = 4096;
  private static final int STREAMS_MAX = 100;

  /** A connection on which nothing moves for so long is closed, whatever it waits for. */
  private static final int SILENT_SECONDS_MAX = 900;

  private GatewayHttp() {}

  /** The listener of gRPC, which is HTTP/2 without TLS too. */
  static HttpServerOptions grpc(GatewayOptions gateway, int port) {
    return options(gateway).setPort(port).setHttp2ClearTextEnabled(true);
  }

  static HttpServerOptions options(GatewayOptions gateway) {
    HttpServerOptions options = new HttpServerOptions();
    options
        .setHost(gateway.host())
        .setPort(gateway.port())
        .setTcpNoDelay(true)
        .setIdleTimeout(SILENT_SECONDS_MAX)
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
    options
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxInitialLineLength(LINE_BYTES_MAX)
        .setHttp2ClearTextEnabled(false) // its detection would hide a connection without a request
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setCompressionSupported(false)
        .setTracingPolicy(TracingPolicy.ALWAYS) // most callers have no trace of their own
        .setDecompressionSupported(false)
        .setInitialSettings(
            new Http2Settings(options.getInitialSettings())
                .setMaxConcurrentStreams(STREAMS_MAX)
                .setMaxHeaderListSize(HEADER_BYTES_MAX));
    gateway
        .tls()
        .ifPresent(
            tls ->
                options
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString())));
    return options;
  }
}
