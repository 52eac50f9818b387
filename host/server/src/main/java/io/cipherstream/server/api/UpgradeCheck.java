package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The opening handshake of a WebSocket (RFC 6455, 4.2.1), checked before Vert.x answers itself. */
final class UpgradeCheck {

  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  private UpgradeCheck() {}

  /**
   * @throws ProblemException {@link ProblemType#UPGRADE_REQUIRED} for a request that is no
   *     handshake or of another version, {@link ProblemType#REQUEST_INVALID} for a faulty one
   */
  static void check(RoutingContext ctx) {
    if (ctx.request().version() == HttpVersion.HTTP_2) {
      throw required("a request over HTTP/2");
    }
    if (!ctx.request().method().equals(HttpMethod.GET)) {
      throw required("a " + ctx.request().method() + " request");
    }
    if (!names(ctx, "Connection", "upgrade") || !names(ctx, "Upgrade", "websocket")) {
      ctx.response().putHeader("Upgrade", "websocket").putHeader("Connection", "Upgrade");
      throw required("a request without Connection: Upgrade and Upgrade: websocket");
    }
    String version = ctx.request().getHeader("Sec-WebSocket-Version");
    if (!VERSION.equals(version)) {
      ctx.response().putHeader("Sec-WebSocket-Version", VERSION);
      throw required(
          version == null ? "a handshake without a version" : "a handshake of another version");
    }
    if (!isKey(ctx.request().getHeader("Sec-WebSocket-Key"))) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "a handshake without a valid Sec-WebSocket-Key",
          KEY_BYTES + " random bytes in Base64",
          "connect with a WebSocket client");
    }
  }

  private static boolean names(RoutingContext ctx, String header, String token) {
    return ctx.request().headers().getAll(header).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .anyMatch(value -> value.strip().toLowerCase(Locale.ROOT).equals(token));
  }

  private static boolean isKey(@Nullable String key) {
    try {
      return key != null && Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static ProblemException required(String received) {
    return ProblemException.of(
        ProblemType.UPGRADE_REQUIRED,
        received,
        "a WebSocket handshake over HTTP/1.1, version " + VERSION,
        "connect with a WebSocket client");
  }
}
