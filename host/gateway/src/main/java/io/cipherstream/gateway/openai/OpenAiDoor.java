package io.cipherstream.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.Asking;
import io.cipherstream.gateway.door.Door;
import io.cipherstream.gateway.door.Routes;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.model.Truncation;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;

/**
 * What clients of OpenAI use for embeddings: {@code POST /v1/embeddings}, {@code GET /v1/models},
 * {@code GET /v1/models/NAME}.
 */
public final class OpenAiDoor implements Door {

  private final ModelDirectory models;
  private final long created = Instant.now().getEpochSecond();

  public OpenAiDoor(ModelDirectory models) {
    this.models = models;
  }

  @Override
  public String name() {
    return "openai";
  }

  @Override
  public boolean owns(String path) {
    return path.equals("/v1") || path.startsWith("/v1/");
  }

  @Override
  public void mount(Routes routes) {
    routes.get("/v1/models", "list-models", ctx -> list());
    routes.get(
        "/v1/models/:model",
        "get-model",
        ctx -> described(models.find(ctx.pathParam("model")).name()));
    routes.post("/v1/embeddings", "embeddings", (ctx, body) -> embed(ctx, body, routes));
  }

  private JsonNode list() {
    ObjectNode list = StrictJson.MAPPER.createObjectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    models.all().forEach(model -> data.add(described(model.name())));
    return list;
  }

  private ObjectNode described(String model) {
    return StrictJson.MAPPER
        .createObjectNode()
        .put("id", model)
        .put("object", "model")
        .put("created", created)
        .put("owned_by", "cipherstream");
  }

  private Future<JsonNode> embed(RoutingContext ctx, ObjectNode body, Routes routes) {
    EmbeddingsRequest request = EmbeddingsRequest.read(body, routes.limits(), models);
    AnsweringModel model = request.model();
    return Asking.ask(ctx, model, request.questions(), Truncation.REFUSE)
        .map(answers -> answer(request, answers));
  }

  private static JsonNode answer(EmbeddingsRequest request, List<ModelAnswer> answers) {
    ObjectNode json = StrictJson.MAPPER.createObjectNode().put("object", "list");
    ArrayNode data = json.putArray("data");
    int tokens = 0;
    for (int i = 0; i < answers.size(); i++) {
      ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
      request.form().put(item, "embedding", answers.get(i).row());
      tokens += answers.get(i).report().tokens();
    }
    json.put("model", request.model().name());
    json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return json;
  }

  @Override
  public ObjectNode problem(GatewayProblem problem) {
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    json.putObject("error")
        .put("message", problem.message())
        .put("type", type(problem))
        .put("param", problem.member().orElse(null))
        .put("code", code(problem));
    return json;
  }

  private static String type(GatewayProblem problem) {
    int status = problem.kind().status();
    if (status == 429) {
      return "rate_limit_error";
    }
    return status >= 500 ? "server_error" : "invalid_request_error";
  }

  private static String code(GatewayProblem problem) {
    return switch (problem.kind()) {
      case UNAUTHORIZED -> "invalid_api_key";
      case MODEL_UNKNOWN -> "model_not_found";
      case OVERLOADED -> "rate_limit_exceeded";
      default -> problem.kind().slug().replace('-', '_');
    };
  }
}
