package io.cipherstream.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.Door;
import io.cipherstream.gateway.door.DoorExchange;
import io.cipherstream.gateway.door.Routes;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.watch.GatewayMetrics;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/**
 * Health and metrics, and the refusals of paths that no other door has: {@code GET /health}, {@code
 * /health/live}, {@code /health/ready}, {@code /metrics}.
 */
final class StatusDoor implements Door {

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final int UNAVAILABLE = 503;

  private final ModelDirectory models;
  private final GatewayMetrics metrics;
  private volatile boolean stopping;

  StatusDoor(ModelDirectory models, GatewayMetrics metrics) {
    this.models = models;
    this.metrics = metrics;
  }

  /** From now on the gateway is not ready. */
  void stopping() {
    stopping = true;
  }

  /** Whether every model can be asked. */
  boolean ready() {
    return !stopping && models.ready();
  }

  @Override
  public String name() {
    return "status";
  }

  @Override
  public boolean owns(String path) {
    return true;
  }

  @Override
  public void mount(Routes routes) {
    routes.get("/health", "health", this::ready);
    routes.get("/health/ready", "health", this::ready);
    routes.get(
        "/health/live", "health", ctx -> StrictJson.MAPPER.createObjectNode().put("live", true));
    routes.get(
        "/metrics",
        "metrics",
        (ctx, exchange) -> exchange.send(PROMETHEUS, Buffer.buffer(metrics.scrape())));
  }

  private void ready(RoutingContext ctx, DoorExchange exchange) {
    boolean ready = ready();
    ObjectNode json = StrictJson.MAPPER.createObjectNode().put("ready", ready);
    ObjectNode all = json.putObject("models");
    for (AnsweringModel model : models.all()) {
      all.put(model.name(), model.ready());
    }
    if (!ready) {
      ctx.response().setStatusCode(UNAVAILABLE);
    }
    exchange.send("application/json", DoorExchange.bytes(json));
  }

  @Override
  public ObjectNode problem(GatewayProblem problem) {
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    json.put("error", problem.kind().slug());
    json.put("status", problem.kind().status());
    json.put("detail", problem.message());
    return json;
  }
}
