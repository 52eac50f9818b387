package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.trace.Span;
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
import io.vertx.openapi.contract.Operation;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Routes of the contract to their handlers. The contract validates requests with a small body or
 * none. If a body is streamed or the connection upgraded, the handler itself checks.
 */
final class ApiRouter {

  private static final Set<String> HEALTH = Set.of("/v2/health/live", "/v2/health/ready");

  /** The other resource that needs no API key. */
  private static final String CONTRACT = "/openapi.yaml";

  /** Operations whose body is streamed or whose connection is upgraded. */
  private static final Set<String> UNVALIDATED =
      Set.of("putKey", "keyOffset", "putTrackCiphertext", "inferences", "infer");

  /** A body of envelopes, which flows to the inference. */
  private static final Pattern INFER = Pattern.compile("/v2/models/[^/]+/infer/?");

  /** Weights of a client package and of a metrics scrape, in ordinary requests. */
  private static final int PACKAGE_WEIGHT = 50;

  private static final int METRICS_WEIGHT = 20;

  private ApiRouter() {}

  static Router create(Vertx vertx, OpenAPIContract contract, ApiHandlers handlers) {
    RouterBuilder builder =
        RouterBuilder.create(vertx, contract, RequestExtractor.withBodyHandler());
    builder.rootHandler(ctx -> identify(ctx, handlers));
    builder.rootHandler(new Operations(contract)::check);
    builder.rootHandler(handlers.forwarding()::route);
    RequestDeadline deadline =
        new RequestDeadline(vertx, handlers.limits().requestDeadlineSeconds());
    builder.rootHandler(body(handlers.limits(), deadline));
    builder.rootHandler(deadline::met);
    Map<String, Handler<RoutingContext>> operations = operations(handlers);
    operations.forEach(
        (operation, handler) ->
            route(builder, operation, handlers.audit().around(operation, handler)));
    Router router = builder.createRouter();
    head(router, contract, operations);
    for (int status : new int[] {400, 401, 404, 405, 406, 411, 413, 415, 500}) {
      router.errorHandler(status, handlers.problems());
    }
    return router;
  }

  private static Map<String, Handler<RoutingContext>> operations(ApiHandlers handlers) {
    return Map.ofEntries(
        Map.entry("server", handlers.system()::server),
        Map.entry("serverLive", handlers.system()::live),
        Map.entry("serverReady", handlers.system()::ready),
        Map.entry("metrics", handlers.system()::metrics),
        Map.entry("contract", handlers.system()::contract),
        Map.entry("listModels", handlers.models()::list),
        Map.entry("getModel", handlers.models()::get),
        Map.entry("modelReady", handlers.models()::ready),
        Map.entry("clientPackage", handlers.models()::clientPackage),
        Map.entry("createSession", handlers.sessions()::create),
        Map.entry("listSessions", handlers.sessions()::list),
        Map.entry("getSession", handlers.sessions()::get),
        Map.entry("deleteSession", handlers.sessions()::delete),
        Map.entry("putKey", handlers.upload()::put),
        Map.entry("keyOffset", handlers.upload()::offset),
        Map.entry("createTrack", handlers.tracks()::create),
        Map.entry("listTracks", handlers.tracks()::list),
        Map.entry("getTrack", handlers.tracks()::get),
        Map.entry("deleteTrack", handlers.tracks()::delete),
        Map.entry("putTrackCiphertext", handlers.tracks()::put),
        Map.entry("infer", handlers.inferences()::infer),
        Map.entry("listJobs", handlers.jobs()::list),
        Map.entry("getJob", handlers.jobs()::get),
        Map.entry("jobResult", handlers.jobs()::result),
        Map.entry("deleteJob", handlers.jobs()::delete),
        Map.entry(
            "inferences",
            ctx ->
                handlers
                    .inferences()
                    .upgrade(
                        ctx,
                        handlers.sessions().session(ctx),
                        () -> handlers.audit().opened(ctx))));
  }

  /** HEAD for every GET; the server leaves the body out. */
  private static void head(
      Router router, OpenAPIContract contract, Map<String, Handler<RoutingContext>> operations) {
    for (Operation operation : contract.operations()) {
      Handler<RoutingContext> handler = operations.get(operation.getOperationId());
      if (operation.getHttpMethod().equals(HttpMethod.GET) && handler != null) {
        String path = operation.getOpenAPIPath().replaceAll("\\{([^}]+)}", ":$1");
        router.head(path).handler(handler);
      }
    }
  }

  private static void route(
      RouterBuilder builder, String operation, Handler<RoutingContext> handler) {
    OpenAPIRoute route = builder.getRoute(operation);
    if (route == null) {
      throw new IllegalStateException("openapi.yaml has no operation " + operation);
    }
    route.setDoSecurity(false);
    route.setDoValidation(!UNVALIDATED.contains(operation));
    route.addHandler(
        ctx -> {
          Span.current().updateName(operation);
          handler.handle(ctx);
        });
  }

  private static void identify(RoutingContext ctx, ApiHandlers handlers) {
    String id = Requests.identify(ctx, handlers.forwarding().fromNodes());
    ctx.response().putHeader("X-Request-Id", id);
    Span.current().setAttribute(Spans.REQUEST, id);
    handlers.connections().begun(ctx);
    String path = String.valueOf(ctx.request().path());
    if (HEALTH.contains(path)) {
      ctx.next();
      return;
    }
    handlers.connections().check(ctx);
    if (handlers.tryPage().owns(path)) {
      handlers.tryPage().serve(ctx);
      return;
    }
    if (!path.equals(CONTRACT)) {
      try {
        ApiKeys.Caller caller = caller(ctx, handlers);
        Requests.authenticated(ctx, caller);
        handlers.connections().known(ctx);
        handlers.rates().request(caller.tenant(), weight(path));
      } catch (ProblemException e) {
        if (e.type() != ProblemType.RATE_LIMITED) {
          throw e;
        }
        handlers.rates().refuse(ctx, e);
        return;
      }
    }
    ctx.next();
  }

  private static ApiKeys.Caller caller(RoutingContext ctx, ApiHandlers handlers) {
    try {
      return handlers.apiKeys().caller(ctx.request().getHeader("Authorization"));
    } catch (ProblemException e) {
      handlers.rates().wrongKey(Requests.address(ctx.request()));
      throw e;
    }
  }

  private static int weight(String path) {
    if (path.endsWith("/client-package")) {
      return PACKAGE_WEIGHT;
    }
    return path.equals("/metrics") ? METRICS_WEIGHT : 1;
  }

  /** Reads the small JSON bodies; those of keys and envelopes are left to their handlers. */
  private static Handler<RoutingContext> body(Limits limits, RequestDeadline deadline) {
    BodyHandler bodies = BodyHandler.create(false).setBodyLimit(limits.requestBytesMax());
    return ctx -> {
      if (ctx.request().method().equals(HttpMethod.POST)
          && !INFER.matcher(ctx.normalizedPath()).matches()) {
        deadline.start(ctx, bodies);
      } else {
        ctx.next();
      }
    };
  }
}
