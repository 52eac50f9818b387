package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.problem.RefusalLog;
import io.cipherstream.server.tenant.AuditEntry;
import io.netty.util.NetUtil;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.Pipe;
import io.vertx.ext.web.RoutingContext;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Supplier;

/** Small helpers for all handlers. */
final class Requests {

  private static final int IPV6_BYTES = 16;
  private static final String TENANT = "cipherstream.tenant";
  private static final String KEY_NAME = "cipherstream.key";
  private static final String REQUEST_ID = "cipherstream.request";
  private static final String CLIENT = "cipherstream.client";

  private Requests() {}

  /**
   * Gives a request its id, or keeps that under which another node knows it.
   *
   * @param fromNode whether another node has forwarded it
   */
  static String identify(RoutingContext ctx, boolean fromNode) {
    String id = fromNode ? ctx.request().getHeader("X-Request-Id") : null;
    if (id == null || !id.matches("[0-9a-f-]{36}")) {
      id = UUID.randomUUID().toString();
    }
    ctx.put(REQUEST_ID, id);
    if (fromNode) {
      ctx.put(CLIENT, ctx.request().getHeader(Forwarding.CLIENT));
    }
    return id;
  }

  /** The address of the client, also of a request that another node has forwarded. */
  static String client(RoutingContext ctx) {
    String client = ctx.get(CLIENT);
    return client == null ? address(ctx.request()) : client;
  }

  static String requestId(RoutingContext ctx) {
    Object id = ctx.get(REQUEST_ID);
    return id == null ? "-" : id.toString();
  }

  static void authenticated(RoutingContext ctx, ApiKeys.Caller caller) {
    ctx.put(TENANT, caller.tenant());
    ctx.put(KEY_NAME, caller.key());
  }

  /** The name of the API key for the audit log. */
  static String keyName(RoutingContext ctx) {
    String key = ctx.get(KEY_NAME);
    return key == null ? AuditEntry.NONE : key;
  }

  /** The tenant for the log; none before its API key is known. */
  static String tenantOrNobody(RoutingContext ctx) {
    String tenant = ctx.get(TENANT);
    return tenant == null ? RefusalLog.NOBODY : tenant;
  }

  /** The peer's address; for IPv6 the first 64 bits, since one host may choose the rest freely. */
  static String address(HttpServerRequest request) {
    SocketAddress remote = request.remoteAddress();
    String address = remote == null ? null : remote.hostAddress();
    if (address == null) {
      return "-";
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return bytes == null || bytes.length != IPV6_BYTES
        ? address
        : HexFormat.ofDelimiter(":").formatHex(bytes, 0, IPV6_BYTES / 2) + "::/64";
  }

  static String tenant(RoutingContext ctx) {
    String tenant = ctx.get(TENANT);
    if (tenant == null) {
      throw new IllegalStateException("a handler behind authentication ran without a tenant");
    }
    return tenant;
  }

  /** A path parameter in a form that is safe to repeat. */
  static String parameter(RoutingContext ctx, String name, String pattern) {
    String value = String.valueOf(ctx.pathParam(name));
    if (!value.matches(pattern)) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          name + " '" + value.substring(0, Math.min(64, value.length())) + "'",
          "a text that matches " + pattern,
          "");
    }
    return value;
  }

  /** Tells a client that waits to be asked for its body to send it. */
  static void askForBody(RoutingContext ctx) {
    if ("100-continue".equalsIgnoreCase(ctx.request().getHeader("Expect"))) {
      ctx.response().writeContinue();
    }
  }

  /** Writes a body to a file and closes that, whatever comes; fails with what went wrong first. */
  static Future<Void> write(Pipe<Buffer> body, AsyncFile file) {
    return body.endOnComplete(false)
        .to(file)
        .transform(piped -> file.close().transform(closed -> outcome(piped, closed)));
  }

  private static Future<Void> outcome(AsyncResult<Void> piped, AsyncResult<Void> closed) {
    AsyncResult<Void> worse = piped.failed() ? piped : closed;
    return worse.failed() ? Future.failedFuture(worse.cause()) : Future.succeededFuture();
  }

  static void json(RoutingContext ctx, int status, JsonObject body) {
    Buffer bytes = body.toBuffer();
    ctx.response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Content-Length", String.valueOf(bytes.length())) // told to HEAD too
        .putHeader("Cache-Control", "no-store")
        .end(bytes);
  }

  /** Answers when the future completes; a failure is handled like any other. */
  static void reply(RoutingContext ctx, int status, Supplier<Future<JsonObject>> work) {
    work.get().onSuccess(body -> json(ctx, status, body)).onFailure(ctx::fail);
  }
}
