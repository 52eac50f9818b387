package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ModelCatalog;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.function.IntConsumer;

/**
 * Health on a separate listener, plain HTTP without API keys, so that probes are answered whatever
 * the API's connections do. Only {@code /v2/health/live} and {@code /v2/health/ready}.
 */
public final class HealthVerticle extends VerticleBase {

  private final ModelCatalog catalog;
  private final Connections connections;
  private final HttpServerOptions options;
  private final IntConsumer listening;

  /**
   * @param listening told the actual port
   */
  public HealthVerticle(
      ModelCatalog catalog,
      Connections connections,
      HttpServerOptions options,
      IntConsumer listening) {
    this.catalog = catalog;
    this.connections = connections;
    this.options = options;
    this.listening = listening;
  }

  @Override
  public Future<HttpServer> start() {
    return vertx
        .createHttpServer(options)
        .connectionHandler(connections::established)
        .requestHandler(this::answer)
        .listen()
        .onSuccess(server -> listening.accept(server.actualPort()));
  }

  private void answer(HttpServerRequest request) {
    String id = UUID.randomUUID().toString();
    try {
      String member =
          switch (String.valueOf(request.path())) {
            case "/v2/health/live" -> "live";
            case "/v2/health/ready" -> "ready";
            default ->
                throw ProblemException.of(
                    ProblemType.NOT_FOUND,
                    "another path",
                    "/v2/health/live or /v2/health/ready",
                    "ask for the rest at the API's port");
          };
      if (member.equals("ready")) {
        catalog.requireReady();
      }
      send(request, 200, "application/json", new JsonObject().put(member, true));
    } catch (ProblemException e) {
      Integer retryAfter = e.retryAfterSeconds();
      if (retryAfter != null) {
        request.response().putHeader("Retry-After", retryAfter.toString());
      }
      send(request, e.type().status(), "application/problem+json", e.toJson(id));
    }
  }

  private static void send(HttpServerRequest request, int status, String type, JsonObject body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", type)
        .putHeader("Cache-Control", "no-store")
        .end(body.toBuffer());
  }
}
