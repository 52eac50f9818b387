package io.cipherstream.server.api;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.engine.ModelCatalog;
import io.cipherstream.server.engine.RequiredKeys;
import io.cipherstream.server.engine.ServedModel;
import io.cipherstream.server.engine.ServedPlan;
import io.cipherstream.server.engine.SessionPlans;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionInfo;
import io.cipherstream.server.session.SessionRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** Makes, shows and deletes sessions. */
final class SessionHandlers {

  static final String ID = "[0-9a-f]{32}";

  private final Vertx vertx;
  private final ModelCatalog catalog;
  private final SessionRegistry registry;
  private final Limits limits;
  private final SessionView view;
  private final SecureRandom random = new SecureRandom();

  SessionHandlers(
      Vertx vertx,
      ModelCatalog catalog,
      SessionRegistry registry,
      Limits limits,
      SessionView view) {
    this.vertx = vertx;
    this.catalog = catalog;
    this.registry = registry;
    this.limits = limits;
    this.view = view;
  }

  void create(RoutingContext ctx) {
    JsonObject body = ctx.body().asJsonObject();
    ServedModel model = catalog.require(body.getString("model"));
    checkVersion(model, body.getString("modelVersion"));
    List<ServedPlan> plans =
        SessionPlans.choose(
            model,
            body.getString("parametersDigest"),
            strings(body.getJsonArray("modes")),
            integers(body.getJsonArray("tokenClasses")));
    CkksParameters parameters = plans.get(0).parameters();
    RequiredKeys required = new RequiredKeys(parameters, plans);
    String tenant = Requests.tenant(ctx);
    checkQuota(tenant, required);
    SessionInfo info =
        new SessionInfo(
            hex(16),
            tenant,
            model.name(),
            model.version(),
            model.packageDigest(),
            parameters.digestHex(),
            body.getString("keyFingerprint"),
            hex(32),
            plans.stream().map(ServedPlan::mode).distinct().toList(),
            plans.stream().map(ServedPlan::tokenClass).distinct().sorted().toList(),
            Instant.now().getEpochSecond());
    ctx.response().putHeader("Location", "/v2/sessions/" + info.id());
    Requests.reply(
        ctx,
        201,
        () ->
            vertx
                .executeBlocking(() -> registry.create(info, parameters), false)
                .map(
                    session ->
                        view.of(session, required).put("transportKey", info.transportKey())));
  }

  void get(RoutingContext ctx) {
    Session session = session(ctx);
    Requests.json(ctx, 200, view.of(session, required(session)));
  }

  void delete(RoutingContext ctx) {
    Session session = session(ctx);
    vertx
        .executeBlocking(
            () -> {
              registry.delete(session);
              return null;
            },
            false)
        .onSuccess(done -> ctx.response().setStatusCode(204).end())
        .onFailure(ctx::fail);
  }

  /** The caller's session that the path names. */
  Session session(RoutingContext ctx) {
    return registry.require(Requests.tenant(ctx), Requests.parameter(ctx, "session", ID));
  }

  /** The keys that the session's plans need with the model as it is served now. */
  RequiredKeys required(Session session) {
    ServedModel model = catalog.require(session.info().model());
    return new RequiredKeys(
        session.parameters(),
        SessionPlans.choose(
            model,
            session.info().parametersDigest(),
            session.info().modes(),
            session.info().tokenClasses()));
  }

  private void checkQuota(String tenant, RequiredKeys required) {
    long after = registry.keyBytes(tenant) + required.packedBytes();
    if (after > limits.keyBytesPerTenantMax()) {
      throw ProblemException.of(
              ProblemType.QUOTA_EXCEEDED,
              after + " bytes of keys with this session's",
              "at most " + limits.keyBytesPerTenantMax() + " (keyBytesPerTenantMax)",
              "delete a session that is no longer used, or name fewer modes and token classes")
          .with("limit", "keyBytesPerTenantMax");
    }
  }

  private static void checkVersion(ServedModel model, String version) {
    if (version != null && !version.equals(model.version())) {
      throw ProblemException.of(
          ProblemType.MODEL_UNKNOWN,
          "version '" + version + "' of model '" + model.name() + "'",
          "version '" + model.version() + "'",
          "ask for the version that is served");
    }
  }

  private String hex(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return HexFormat.of().formatHex(value);
  }

  private static List<String> strings(JsonArray array) {
    return array == null ? List.of() : array.stream().map(String::valueOf).toList();
  }

  private static List<Integer> integers(JsonArray array) {
    return array == null ? List.of() : array.stream().map(v -> ((Number) v).intValue()).toList();
  }
}
