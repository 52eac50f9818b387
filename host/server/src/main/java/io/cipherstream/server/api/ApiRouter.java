package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import java.util.Set;
import java.util.UUID;

/**
 * Routes of the contract to their handlers. The contract validates what has a small body or none;
 * where a body is streamed or the connection upgraded, the handler itself checks.
 */
final class ApiRouter {

  /** Paths that need no API key. */
  private static final Set<String> OPEN =
      Set.of("/v2/health/live", "/v2/health/ready", "/openapi.yaml");

  private ApiRouter() {}

  static Router create(Vertx vertx, OpenAPIContract contract, ApiHandlers handlers) {
    RouterBuilder builder =
        RouterBuilder.create(vertx, contract, RequestExtractor.withBodyHandler());
    builder.rootHandler(ctx -> identify(ctx, handlers));
    builder.rootHandler(body(handlers.limits()));
    route(builder, "server", handlers.system()::server);
    route(builder, "serverLive", handlers.system()::live);
    route(builder, "serverReady", handlers.system()::ready);
    route(builder, "metrics", handlers.system()::metrics);
    route(builder, "contract", handlers.system()::contract);
    route(builder, "listModels", handlers.models()::list);
    route(builder, "getModel", handlers.models()::get);
    route(builder, "modelReady", handlers.models()::ready);
    route(builder, "clientPackage", handlers.models()::clientPackage);
    route(builder, "createSession", handlers.sessions()::create);
    route(builder, "listSessions", handlers.sessions()::list);
    route(builder, "getSession", handlers.sessions()::get);
    route(builder, "deleteSession", handlers.sessions()::delete);
    route(builder, "putKey", handlers.upload()::put).setDoValidation(false);
    route(
            builder,
            "inferences",
            ctx -> handlers.inferences().upgrade(ctx, handlers.sessions().session(ctx)))
        .setDoValidation(false);
    Router router = builder.createRouter();
    for (int status : new int[] {400, 401, 404, 405, 406, 411, 413, 415, 500}) {
      router.errorHandler(status, handlers.problems());
    }
    return router;
  }

  private static OpenAPIRoute route(
      RouterBuilder builder, String operation, Handler<RoutingContext> handler) {
    OpenAPIRoute route = builder.getRoute(operation);
    if (route == null) {
      throw new IllegalStateException("openapi.yaml has no operation " + operation);
    }
    route.setDoSecurity(false);
    return route.addHandler(handler);
  }

  private static void identify(RoutingContext ctx, ApiHandlers handlers) {
    String id = UUID.randomUUID().toString();
    Requests.identify(ctx, id);
    ctx.response().putHeader("X-Request-Id", id);
    handlers.connections().check(ctx);
    if (!OPEN.contains(ctx.request().path())) {
      Requests.authenticated(
          ctx, handlers.apiKeys().tenant(ctx.request().getHeader("Authorization")));
    }
    ctx.next();
  }

  /** Reads the small JSON bodies; a key's body is left to its handler. */
  private static Handler<RoutingContext> body(Limits limits) {
    BodyHandler bodies = BodyHandler.create(false).setBodyLimit(limits.requestBytesMax());
    return ctx -> {
      if (ctx.request().method().equals(HttpMethod.POST)) {
        bodies.handle(ctx);
      } else {
        ctx.next();
      }
    };
  }
}
