package io.cipherstream.server.api;

import io.cipherstream.model.ModelTask;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ModelAnswers;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.transformer.AgreedPlan;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Models in the shape of the Open Inference Protocol, and their client packages. */
final class ModelHandlers {

  /** Form of a model's name. */
  static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";

  private final Vertx vertx;
  private final ModelCatalog catalog;
  private final Map<Path, Future<String>> digests = new ConcurrentHashMap<>();

  ModelHandlers(Vertx vertx, ModelCatalog catalog) {
    this.vertx = vertx;
    this.catalog = catalog;
  }

  void list(RoutingContext ctx) {
    JsonArray models = new JsonArray();
    for (ServedModel model : catalog.all()) {
      models.add(
          new JsonObject()
              .put("name", model.name())
              .put("version", model.version())
              .put("ready", catalog.isReady()));
    }
    catalog
        .leftOut()
        .forEach(
            (name, reason) ->
                models.add(
                    new JsonObject().put("name", name).put("ready", false).put("leftOut", reason)));
    Requests.json(ctx, 200, new JsonObject().put("models", models));
  }

  void get(RoutingContext ctx) {
    ServedModel model = model(ctx);
    Requests.reply(
        ctx,
        200,
        () ->
            model
                .clientPackage()
                .map(this::digest)
                .orElseGet(() -> Future.succeededFuture(""))
                .map(digest -> describe(model, digest)));
  }

  void ready(RoutingContext ctx) {
    ServedModel model = model(ctx);
    catalog.requireReady();
    Requests.json(ctx, 200, new JsonObject().put("name", model.name()).put("ready", true));
  }

  void clientPackage(RoutingContext ctx) {
    Path zip =
        model(ctx)
            .clientPackage()
            .orElseThrow(
                () ->
                    ProblemException.of(
                        ProblemType.NOT_FOUND,
                        "a request for the client package of a model that has none",
                        "a model with a client package",
                        "make sessions with this model at once"));
    digest(zip)
        .compose(
            digest -> {
              String tag = "\"sha256-" + digest + "\"";
              ctx.response().putHeader("ETag", tag).putHeader("Cache-Control", "private");
              if (tag.equals(ctx.request().getHeader("If-None-Match"))) {
                return ctx.response().setStatusCode(304).end();
              }
              String file = zip.toString();
              ctx.response()
                  .putHeader(
                      "Content-Type",
                      file.endsWith(".json") ? "application/json" : "application/zip");
              return ctx.request().method().equals(HttpMethod.HEAD)
                  ? vertx.fileSystem().props(file).compose(props -> head(ctx, props.size()))
                  : ctx.response().sendFile(file);
            })
        .onFailure(ctx::fail);
  }

  private static Future<Void> head(RoutingContext ctx, long length) {
    return ctx.response().putHeader("Content-Length", String.valueOf(length)).end();
  }

  private ServedModel model(RoutingContext ctx) {
    return catalog.require(Requests.parameter(ctx, "model", NAME));
  }

  private static JsonObject describe(ServedModel model, String clientPackageDigest) {
    JsonArray modes = new JsonArray();
    JsonArray classes = new JsonArray();
    JsonObject sets = new JsonObject();
    JsonObject classesByMode = new JsonObject();
    for (AgreedPlan plan : model.plans()) {
      String mode = plan.mode();
      if (!modes.contains(mode)) {
        modes.add(mode);
      }
      if (!classes.contains(plan.tokenClass())) {
        classes.add(plan.tokenClass());
      }
      classesByMode.put(
          mode, classesByMode.getJsonArray(mode, new JsonArray()).add(plan.tokenClass()));
      sets.put(
          mode,
          new JsonObject()
              .put("name", plan.parameters().name())
              .put("digest", plan.parameters().digestHex()));
    }
    JsonObject parameters =
        answers(model.answers())
            .put("modes", modes)
            .put("tokenClasses", classes)
            .put("tokenClassesByMode", classesByMode)
            .put("packageDigest", model.packageDigest())
            .put("clientPackageDigest", clientPackageDigest)
            .put("parameterSets", sets);
    JsonArray requests = TensorView.requests(model);
    return new JsonObject()
        .put("name", model.name())
        .put("versions", new JsonArray().add(model.version()))
        .put("platform", "cipherstream_ckks")
        .put("inputs", TensorView.inputs(model))
        .put("outputs", TensorView.outputs(model))
        .put("parameters", requests.isEmpty() ? parameters : parameters.put("requests", requests));
  }

  private static JsonObject answers(ModelAnswers answers) {
    JsonObject json =
        new JsonObject()
            .put("head", answers.head())
            .put("pooling", answers.pooling())
            .put("labels", new JsonArray(answers.labels()));
    if (answers.numbers()) {
      json.put("takes", "numbers");
    }
    ModelTask task = answers.task();
    if (task != null) {
      JsonObject said = new JsonObject().put("name", task.name()).put("input", task.input().text());
      if (task.min() != null) {
        said.put("min", task.min());
      }
      if (task.max() != null) {
        said.put("max", task.max());
      }
      json.put("task", said);
    }
    return json;
  }

  private Future<String> digest(Path file) {
    return digests.computeIfAbsent(file, path -> vertx.executeBlocking(() -> sha256(path), false));
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
