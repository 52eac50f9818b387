package io.cipherstream.gateway.tei;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.Asking;
import io.cipherstream.gateway.door.Door;
import io.cipherstream.gateway.door.DoorExchange;
import io.cipherstream.gateway.door.Routes;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.gateway.serving.ModelFacts.Gives;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients of Text Embeddings Inference use: {@code POST /embed}, {@code /predict}, {@code
 * /rerank} and {@code GET /info}, of the first model that can, or below {@code /tei/NAME} of that
 * model. {@code /health} and {@code /metrics} are the gateway's own.
 */
public final class TeiDoor implements Door {

  private static final Set<String> PATHS = Set.of("/embed", "/predict", "/rerank", "/info");
  private static final int FAILED_DEPENDENCY = 424;
  private static final int UNPROCESSABLE = 422;

  private final ModelDirectory models;

  public TeiDoor(ModelDirectory models) {
    this.models = models;
  }

  @Override
  public String name() {
    return "tei";
  }

  @Override
  public boolean owns(String path) {
    return PATHS.contains(path) || path.startsWith("/tei/");
  }

  @Override
  public void mount(Routes routes) {
    for (String base : List.of("", "/tei/:model")) {
      routes.get(base + "/info", "info", ctx -> TeiInfo.of(any(ctx), routes.limits()));
      routes.post(base + "/embed", "embed", (ctx, body) -> embed(ctx, body, routes));
      routes.post(base + "/predict", "predict", (ctx, body) -> predict(ctx, body, routes));
      routes.post(base + "/rerank", "rerank", (ctx, body) -> rerank(ctx, body, routes));
    }
    routes.get(
        "/tei/:model/health",
        "health",
        (ctx, exchange) -> {
          boolean ready = any(ctx).ready();
          if (!ready) {
            ctx.response().setStatusCode(GatewayProblemKind.UNAVAILABLE.status());
          }
          exchange.send(
              "application/json",
              DoorExchange.bytes(StrictJson.MAPPER.createObjectNode().put("ready", ready)));
        });
  }

  private Future<JsonNode> embed(RoutingContext ctx, ObjectNode body, Routes routes) {
    AnsweringModel model = model(ctx, Set.of(Gives.EMBEDDING));
    EmbedCall call = EmbedCall.read(body, routes.limits(), ModelDirectory.facts(model));
    return Asking.ask(ctx, model, call.questions(), call.truncation()).map(call::answer);
  }

  private Future<JsonNode> predict(RoutingContext ctx, ObjectNode body, Routes routes) {
    AnsweringModel model = model(ctx, Set.of(Gives.LABEL, Gives.LABELS, Gives.VALUE));
    ModelFacts facts = ModelDirectory.facts(model);
    PredictCall call = PredictCall.read(body, routes.limits());
    return Asking.ask(ctx, model, call.questions(), call.truncation())
        .map(answers -> call.answer(facts, answers));
  }

  private Future<JsonNode> rerank(RoutingContext ctx, ObjectNode body, Routes routes) {
    AnsweringModel model = model(ctx, Set.of(Gives.VALUE));
    RerankCall call = RerankCall.read(body, routes.limits());
    return Asking.ask(ctx, model, call.questions(), call.truncation()).map(call::answer);
  }

  private AnsweringModel any(RoutingContext ctx) {
    String named = ctx.pathParam("model");
    return named == null ? models.all().get(0) : models.find(named);
  }

  /** The named model, or the first that gives such answers. */
  private AnsweringModel model(RoutingContext ctx, Set<Gives> wanted) {
    @Nullable String named = ctx.pathParam("model");
    if (named != null) {
      AnsweringModel model = models.find(named);
      Gives gives = ModelDirectory.facts(model).gives();
      if (!wanted.contains(gives)) {
        throw GatewayProblem.of(
            GatewayProblemKind.WRONG_MODEL,
            "model " + named + " gives " + gives.words() + ", which this request does not take");
      }
      return model;
    }
    for (AnsweringModel model : models.all()) {
      if (wanted.contains(ModelDirectory.facts(model).gives())) {
        return model;
      }
    }
    throw GatewayProblem.of(
        GatewayProblemKind.WRONG_MODEL, "no model of this gateway answers such a request");
  }

  @Override
  public int status(GatewayProblem problem) {
    return switch (problem.kind()) {
      case MALFORMED, INVALID, INPUT -> UNPROCESSABLE;
      case WRONG_MODEL, APPLIANCE, INTERNAL, DEADLINE -> FAILED_DEPENDENCY;
      default -> problem.kind().status();
    };
  }

  @Override
  public ObjectNode problem(GatewayProblem problem) {
    return StrictJson.MAPPER
        .createObjectNode()
        .put("error", problem.message())
        .put("error_type", type(problem.kind()));
  }

  /** As its published interface names them. */
  private static String type(GatewayProblemKind kind) {
    return switch (kind) {
      case INPUT -> "Tokenizer";
      case OVERLOADED -> "Overloaded";
      case UNAVAILABLE -> "Unhealthy";
      case WRONG_MODEL, APPLIANCE, INTERNAL, DEADLINE -> "Backend";
      default -> "Validation";
    };
  }
}
