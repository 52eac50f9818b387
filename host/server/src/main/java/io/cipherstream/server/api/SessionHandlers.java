package io.cipherstream.server.api;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.config.NodeTag;
import io.cipherstream.server.inference.FairPool;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.serving.SessionPlans;
import io.cipherstream.server.session.KeyCache;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionInfo;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.session.SessionRequest;
import io.cipherstream.server.session.StorageProblems;
import io.cipherstream.server.tenant.TenantUsage;
import io.cipherstream.transformer.AgreedPlan;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** Makes, lists, shows and deletes sessions. */
final class SessionHandlers {

  static final String ID = "[0-9a-f]{32}";

  /** Sessions of one answer; the contract says the same. */
  private static final int PAGE_MAX = 100;

  private final ModelCatalog catalog;
  private final SessionRegistry registry;
  private final KeyCache keyCache;
  private final FairPool pool;
  private final RateLimits rates;
  private final TenantUsage usage;
  private final SessionView view;
  private final String tag;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param tag what ids of new sessions begin with, so that other nodes know whose they are
   */
  SessionHandlers(
      ModelCatalog catalog,
      SessionRegistry registry,
      KeyCache keyCache,
      FairPool pool,
      RateLimits rates,
      TenantUsage usage,
      SessionView view,
      String tag) {
    this.catalog = catalog;
    this.registry = registry;
    this.keyCache = keyCache;
    this.pool = pool;
    this.rates = rates;
    this.usage = usage;
    this.view = view;
    this.tag = tag;
  }

  void create(RoutingContext ctx) {
    catalog.requireRunning("a new session");
    try {
      rates.session(Requests.tenant(ctx));
    } catch (ProblemException e) {
      rates.refuse(ctx, e);
      return;
    }
    JsonObject body = ctx.body().asJsonObject();
    ServedModel model = catalog.require(body.getString("model"));
    checkVersion(model, body.getString("modelVersion"));
    List<AgreedPlan> plans =
        SessionPlans.choose(
            model,
            body.getString("parametersDigest"),
            strings(body.getJsonArray("modes")),
            integers(body.getJsonArray("tokenClasses")));
    CkksParameters parameters = plans.get(0).parameters();
    RequiredKeys required = new RequiredKeys(parameters, plans);
    String tenant = Requests.tenant(ctx);
    keyCache.checkFits(required.loadedBytes());
    SessionInfo.Idempotency idempotency =
        IdempotencyKey.of(ctx.request().getHeader(IdempotencyKey.HEADER), body);
    SessionInfo info =
        new SessionInfo(
            NodeTag.id(tag),
            tenant,
            model.name(),
            model.version(),
            model.packageDigest(),
            parameters.digestHex(),
            body.getString("keyFingerprint"),
            hex(32),
            plans.stream().map(plan -> plan.mode()).distinct().toList(),
            plans.stream().map(AgreedPlan::tokenClass).distinct().sorted().toList(),
            Instant.now().getEpochSecond(),
            idempotency);
    SessionRequest request =
        new SessionRequest(info, parameters, required.packedBytes(), this::isComplete);
    Requests.reply(
        ctx,
        201,
        () ->
            pool.run(tenant, () -> registry.create(request))
                .recover(failure -> Future.failedFuture(StorageProblems.of(failure)))
                .map(
                    session -> {
                      RequestAudit.object(ctx, session.id());
                      if (session.id().equals(info.id())) { // not one of a request before
                        usage.session(tenant);
                      }
                      return created(ctx, session, required);
                    }));
  }

  /** The transport key is sent only here, and again only under the same Idempotency-Key. */
  private JsonObject created(RoutingContext ctx, Session session, RequiredKeys required) {
    ctx.response().putHeader("Location", "/v2/sessions/" + session.id());
    return view.of(session, required).put("transportKey", session.info().transportKey());
  }

  void list(RoutingContext ctx) {
    String after = ctx.request().getParam("after", "");
    int most = Integer.parseInt(ctx.request().getParam("limit", String.valueOf(PAGE_MAX)));
    List<Session> rest =
        registry.of(Requests.tenant(ctx)).stream()
            .filter(session -> session.id().compareTo(after) > 0)
            .toList();
    JsonArray page = new JsonArray();
    rest.stream()
        .limit(most)
        .forEach(session -> page.add(view.summary(session, isComplete(session))));
    JsonObject answer = new JsonObject().put("sessions", page);
    Requests.json(
        ctx, 200, rest.size() > most ? answer.put("next", rest.get(most - 1).id()) : answer);
  }

  /** Whether a session has all keys that its model needs as it is served now. */
  private boolean isComplete(Session session) {
    try {
      return SessionRegistry.missing(required(session), session).isEmpty();
    } catch (ProblemException e) {
      return false; // the model is not served, or not with these modes
    }
  }

  void get(RoutingContext ctx) {
    Session session = session(ctx);
    Requests.json(ctx, 200, view.of(session, required(session)));
  }

  void delete(RoutingContext ctx) {
    Session session = session(ctx);
    pool.run(
            session.tenant(),
            () -> {
              registry.delete(session);
              return session;
            })
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
