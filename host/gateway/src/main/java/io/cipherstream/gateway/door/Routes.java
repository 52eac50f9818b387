package io.cipherstream.gateway.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Adds operations to the gateway's router: what they read, and how they answer. */
public final class Routes {

  private static final String TIMER = "cipherstream.body";

  private final Router router;
  private final GatewayLimits limits;
  private final BodyHandler bodies;

  Routes(Router router, GatewayLimits limits) {
    this.router = router;
    this.limits = limits;
    this.bodies = BodyHandler.create(false).setBodyLimit(limits.bodyBytesMax());
  }

  public GatewayLimits limits() {
    return limits;
  }

  /** A GET that answers with JSON. */
  public void get(String path, String operation, Function<RoutingContext, JsonNode> answer) {
    get(path, operation, (ctx, exchange) -> exchange.json(answer.apply(ctx)));
  }

  /** What answers a request by itself. */
  @FunctionalInterface
  public interface Answering {
    void answer(RoutingContext ctx, DoorExchange exchange);
  }

  /** A GET, and the HEAD of it, that answers by itself. */
  public void get(String path, String operation, Answering answer) {
    Handler<RoutingContext> handler =
        ctx -> {
          DoorExchange exchange = DoorExchange.of(ctx);
          exchange.operation(operation);
          answer.answer(ctx, exchange);
        };
    router.get(path).handler(handler);
    router.head(path).handler(handler);
  }

  /** A POST of a JSON object that is answered with JSON. */
  public void post(
      String path, String operation, BiFunction<RoutingContext, ObjectNode, Future<JsonNode>> op) {
    postBytes(
        path,
        operation,
        (ctx, exchange) -> {
          requireJson(ctx.request().getHeader("Content-Type"));
          op.apply(ctx, StrictJson.object(bytes(ctx)))
              .onSuccess(exchange::json)
              .onFailure(ctx::fail);
        });
  }

  /** A POST whose body the operation reads itself, once all of it is there. */
  public void postBytes(String path, String operation, Answering answer) {
    router
        .post(path)
        .handler(
            ctx -> {
              DoorExchange.of(ctx).operation(operation);
              requireNoEncoding(ctx);
              long timer = ctx.vertx().setTimer(1000L * limits.bodySeconds(), id -> late(ctx));
              ctx.put(TIMER, timer);
              ctx.addEndHandler(ended -> ctx.vertx().cancelTimer(timer));
              bodies.handle(ctx);
            })
        .handler(
            ctx -> {
              Long timer = ctx.get(TIMER);
              if (timer != null) {
                ctx.vertx().cancelTimer(timer);
              }
              answer.answer(ctx, DoorExchange.of(ctx));
            });
  }

  /** Other methods on the paths of POST operations, whose door answers with 405. */
  void finish() {
    router.route().last().handler(ctx -> ctx.fail(404));
  }

  /** The body's bytes. */
  public static byte[] bytes(RoutingContext ctx) {
    Buffer body = ctx.body().buffer();
    return body == null ? new byte[0] : body.getBytes();
  }

  private void late(RoutingContext ctx) {
    ctx.fail(
        GatewayProblem.of(
            GatewayProblemKind.REQUEST_TIMEOUT,
            "the body was not there after "
                + limits.bodySeconds()
                + " s: expected all of it by then; send the request again"));
  }

  /** A page of another site can send text/plain without asking; it cannot send JSON. */
  private static void requireJson(String type) {
    String bare =
        Optional.ofNullable(type).orElse("").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!bare.equals("application/json")) {
      throw GatewayProblem.of(
          GatewayProblemKind.MEDIA_TYPE,
          "the content type is not application/json: send JSON, with that header");
    }
  }

  private static void requireNoEncoding(RoutingContext ctx) {
    String encoding = ctx.request().getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw GatewayProblem.of(
          GatewayProblemKind.MEDIA_TYPE,
          "the body is compressed: expected no Content-Encoding; send it as it is");
    }
  }

  /** The problem of Vert.x's own refusals, which have a status only. */
  static GatewayProblem ofStatus(int status, HttpMethod method, GatewayLimits limits) {
    return switch (status) {
      case 404 -> GatewayProblem.of(GatewayProblemKind.NOT_FOUND, "there is nothing at this path");
      case 405 ->
          GatewayProblem.of(
              GatewayProblemKind.METHOD_NOT_ALLOWED,
              "method " + method.name() + " is not allowed at this path");
      case 413 ->
          GatewayProblem.of(
              GatewayProblemKind.TOO_LARGE,
              "the body is larger than " + limits.bodyBytesMax() + " bytes, the most there may be");
      case 415 ->
          GatewayProblem.of(GatewayProblemKind.MEDIA_TYPE, "expected the type application/json");
      default ->
          status >= 500
              ? GatewayProblem.of(
                  GatewayProblemKind.INTERNAL, "the gateway failed; its log has the place")
              : GatewayProblem.of(GatewayProblemKind.MALFORMED, "the request cannot be read");
    };
  }
}
