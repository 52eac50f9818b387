package io.cipherstream.gateway.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.Asking;
import io.cipherstream.gateway.door.Door;
import io.cipherstream.gateway.door.DoorExchange;
import io.cipherstream.gateway.door.ProgramVersion;
import io.cipherstream.gateway.door.Routes;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.serving.ModelFacts;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The Open Inference Protocol over REST, with the binary tensor extension: {@code GET /v2}, {@code
 * /v2/health/live}, {@code /v2/health/ready}, {@code /v2/models}, {@code /v2/models/NAME}, {@code
 * /v2/models/NAME/ready}, {@code POST /v2/models/NAME/infer}, the latter three also with {@code
 * /versions/1}.
 */
public final class OpenInferenceDoor implements Door {

  /** The only version of every model. */
  static final String VERSION = "1";

  static final String PLATFORM = "cipherstream";

  static final String SERVER = "cipherstream-gateway";

  private static final String HEAD_LENGTH = "Inference-Header-Content-Length";
  private static final int UNAVAILABLE = 503;

  private final ModelDirectory models;
  private final BooleanSupplier ready;

  /**
   * @param ready whether every model can be asked
   */
  public OpenInferenceDoor(ModelDirectory models, BooleanSupplier ready) {
    this.models = models;
    this.ready = ready;
  }

  @Override
  public String name() {
    return "open-inference";
  }

  @Override
  public boolean owns(String path) {
    return path.equals("/v2") || path.startsWith("/v2/");
  }

  @Override
  public void mount(Routes routes) {
    routes.get("/v2", "server-metadata", ctx -> server());
    routes.get(
        "/v2/health/live", "health", ctx -> StrictJson.MAPPER.createObjectNode().put("live", true));
    routes.get(
        "/v2/health/ready",
        "health",
        (ctx, exchange) -> ready(ctx, exchange, "ready", ready.getAsBoolean()));
    routes.get("/v2/models", "list-models", ctx -> list());
    for (String version : List.of("", "/versions/:version")) {
      String model = "/v2/models/:model" + version;
      routes.get(model, "model-metadata", ctx -> metadata(found(ctx)));
      routes.get(
          model + "/ready",
          "model-ready",
          (ctx, exchange) -> ready(ctx, exchange, "ready", found(ctx).ready()));
      routes.postBytes(model + "/infer", "infer", (ctx, exchange) -> infer(ctx, exchange, routes));
    }
  }

  private AnsweringModel found(RoutingContext ctx) {
    return found(models, ctx.pathParam("model"), ctx.pathParam("version"));
  }

  /** The model of that name in that version; null or empty is any version. */
  static AnsweringModel found(ModelDirectory models, String name, @Nullable String version) {
    AnsweringModel model = models.find(name);
    if (version != null && !version.isEmpty() && !version.equals(VERSION)) {
      throw GatewayProblem.of(
          GatewayProblemKind.MODEL_UNKNOWN,
          "model " + name + " has no such version: its only version is " + VERSION);
    }
    return model;
  }

  private static JsonNode server() {
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    json.put("name", SERVER).put("version", ProgramVersion.of());
    json.putArray("extensions").add("binary_tensor_data");
    return json;
  }

  private JsonNode list() {
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    ArrayNode names = json.putArray("models");
    models.all().forEach(model -> names.add(model.name()));
    return json;
  }

  private static JsonNode metadata(AnsweringModel model) {
    ModelFacts facts = ModelDirectory.facts(model);
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    json.put("name", model.name());
    json.putArray("versions").add(VERSION);
    json.put("platform", PLATFORM);
    describe(json.putArray("inputs"), TensorDescription.inputs(facts));
    describe(json.putArray("outputs"), TensorDescription.outputs(facts));
    return json;
  }

  private static void describe(ArrayNode array, List<TensorDescription> tensors) {
    for (TensorDescription tensor : tensors) {
      ObjectNode node = array.addObject();
      node.put("name", tensor.name()).put("datatype", tensor.datatype());
      ArrayNode shape = node.putArray("shape");
      tensor.shape().forEach(shape::add);
    }
  }

  private static void ready(
      RoutingContext ctx, DoorExchange exchange, String member, boolean ready) {
    if (!ready) {
      ctx.response().setStatusCode(UNAVAILABLE);
    }
    exchange.send(
        "application/json",
        DoorExchange.bytes(StrictJson.MAPPER.createObjectNode().put(member, ready)));
  }

  private void infer(RoutingContext ctx, DoorExchange exchange, Routes routes) {
    OptionalInt jsonBytes = headLength(ctx);
    AnsweringModel model = found(ctx);
    ModelFacts facts = ModelDirectory.facts(model);
    RestInferRequest request =
        RestInferRequest.read(Routes.bytes(ctx), jsonBytes, facts, routes.limits());
    Asking.ask(ctx, model, request.call().questions(), request.call().truncation())
        .map(
            answers ->
                RestInferAnswer.of(
                    model.name(),
                    request,
                    OutputTensors.of(facts, request.call().questions(), answers)))
        .onSuccess(
            answer -> {
              if (answer.jsonBytes().isPresent()) {
                String length = Integer.toString(answer.jsonBytes().getAsInt());
                ctx.response().putHeader(HEAD_LENGTH, length);
                exchange.send("application/octet-stream", answer.body());
              } else {
                exchange.send("application/json", answer.body());
              }
            })
        .onFailure(ctx::fail);
  }

  /** Triton's client names no type; a page of another site is known by its origin. */
  private static OptionalInt headLength(RoutingContext ctx) {
    String length = ctx.request().getHeader(HEAD_LENGTH);
    if (length == null) {
      String type = ctx.request().getHeader("Content-Type");
      if (type != null && !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
        throw GatewayProblem.of(
            GatewayProblemKind.MEDIA_TYPE,
            "the content type is not application/json: expected JSON, or binary tensors with"
                + " Inference-Header-Content-Length");
      }
      return OptionalInt.empty();
    }
    if (!length.matches("[0-9]{1,9}")) {
      throw GatewayProblem.of(
          GatewayProblemKind.MALFORMED,
          "Inference-Header-Content-Length is no number of bytes: expected the JSON's length");
    }
    return OptionalInt.of(Integer.parseInt(length));
  }

  @Override
  public ObjectNode problem(GatewayProblem problem) {
    return StrictJson.MAPPER.createObjectNode().put("error", problem.message());
  }
}
