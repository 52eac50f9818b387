package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.AuditEntry;
import io.cipherstream.server.tenant.AuditLog;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administration on a listener of its own, on this machine alone: {@code /admin/status}, {@code
 * /admin/sessions}, {@code /admin/models}, {@code /admin/drain} behind a token, and the status page
 * at {@code /admin/}, which asks for the token and holds nothing by itself.
 */
public final class AdminVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);

  private static final String LOAD = "admin.load";

  private static final Map<String, String> PAGE =
      Map.of(
          "/admin/", "status.html text/html; charset=utf-8",
          "/admin/status.js", "status.js text/javascript; charset=utf-8",
          "/admin/status.css", "status.css text/css; charset=utf-8");

  private final Administration administration;
  private final Connections connections;
  private final AuditLog audit;
  private final byte[] token;
  private final HttpServerOptions options;
  private final IntConsumer listening;

  /**
   * @param listening told the actual port
   */
  public AdminVerticle(
      Administration administration,
      Connections connections,
      AuditLog audit,
      String token,
      HttpServerOptions options,
      IntConsumer listening) {
    this.administration = administration;
    this.connections = connections;
    this.audit = audit;
    this.token = token.getBytes(StandardCharsets.UTF_8);
    this.options = options;
    this.listening = listening;
  }

  @Override
  public Future<HttpServer> start() {
    Router router = Router.router(vertx);
    router.route().handler(this::guard);
    PAGE.forEach((path, file) -> router.get(path).handler(ctx -> page(ctx, file.split(" ", 2))));
    router.route("/admin/*").handler(this::authenticate);
    router
        .get("/admin/status")
        .handler(
            ctx ->
                Requests.reply(
                    ctx, 200, () -> vertx.executeBlocking(administration::status, false)));
    router
        .get("/admin/sessions")
        .handler(
            ctx ->
                Requests.json(
                    ctx, 200, new JsonObject().put("sessions", administration.sessions())));
    router
        .delete("/admin/sessions/:session")
        .handler(
            ctx ->
                act(
                    ctx,
                    "admin.evict",
                    ctx.pathParam("session"),
                    () -> administration.evict(ctx.pathParam("session"))));
    router.post("/admin/models/:model").handler(this::load);
    router
        .delete("/admin/models/:model")
        .handler(
            ctx ->
                act(
                    ctx,
                    "admin.unload",
                    ctx.pathParam("model"),
                    () -> administration.unload(ctx.pathParam("model"))));
    router.post("/admin/drain").handler(ctx -> act(ctx, "admin.drain", administration::drain));
    router.delete("/admin/drain").handler(ctx -> act(ctx, "admin.resume", administration::resume));
    router.route().failureHandler(this::failed);
    for (int status : new int[] {404, 405}) {
      router.errorHandler(status, ctx -> refuse(ctx, notFound(ctx)));
    }
    return vertx
        .createHttpServer(options)
        .connectionHandler(connections::established)
        .requestHandler(router)
        .listen()
        .onSuccess(server -> listening.accept(server.actualPort()));
  }

  /**
   * No page of another site may read or frame this; a name that is not this machine's is refused.
   */
  private void guard(RoutingContext ctx) {
    Requests.identify(ctx, false);
    ctx.response()
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    String host = String.valueOf(ctx.request().getHeader("Host"));
    if (!host.matches("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d+)?")) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "a Host that is not this machine",
          "127.0.0.1 or localhost",
          "reach it through ssh -L");
    }
    ctx.next();
  }

  private void authenticate(RoutingContext ctx) {
    String sent = ApiKeys.bearer(ctx.request().getHeader("Authorization"));
    if (sent == null || !MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), token)) {
      add(ctx, "admin.request", AuditEntry.NONE, ProblemType.UNAUTHORIZED.slug());
      throw ProblemException.of(
          ProblemType.UNAUTHORIZED,
          sent == null ? "no token" : "another token",
          "Authorization: Bearer with the administration's token",
          "read it from admin-token in the appliance's data directory");
    }
    ctx.next();
  }

  private void page(RoutingContext ctx, String[] file) {
    vertx
        .fileSystem()
        .readFile("io/cipherstream/server/admin/" + file[0])
        .onSuccess(text -> ctx.response().putHeader("Content-Type", file[1]).end(text))
        .onFailure(ctx::fail);
  }

  /** What an administrator has asked for. */
  @FunctionalInterface
  private interface Deed {
    void run() throws IOException;
  }

  private void act(RoutingContext ctx, String action, Deed work) {
    act(ctx, action, AuditEntry.NONE, work);
  }

  private void act(RoutingContext ctx, String action, String object, Deed work) {
    vertx
        .executeBlocking(
            () -> {
              work.run();
              return null;
            },
            false)
        .onSuccess(
            done -> {
              add(ctx, action, object, "ok");
              ctx.response().setStatusCode(204).end();
            })
        .onFailure(e -> refused(ctx, action, object, e));
  }

  /** Answers at once: the status says when the model is served or left out. */
  private void load(RoutingContext ctx) {
    String model = ctx.pathParam("model");
    vertx
        .executeBlocking(
            () -> {
              administration.load(model, outcome -> add(ctx, LOAD, model, outcome));
              return null;
            },
            false)
        .onSuccess(begun -> ctx.response().setStatusCode(202).end())
        .onFailure(e -> refused(ctx, LOAD, model, e));
  }

  private void refused(RoutingContext ctx, String action, String object, Throwable failure) {
    String slug = failure instanceof ProblemException p ? p.type().slug() : "internal";
    add(ctx, action, object, slug);
    ctx.fail(failure);
  }

  private void add(RoutingContext ctx, String action, String object, String outcome) {
    audit.add(
        new AuditEntry(
            AuditEntry.NONE,
            "admin-token",
            Requests.address(ctx.request()),
            action,
            object.matches("[0-9a-zA-Z._-]{1,64}") ? object : "invalid",
            outcome,
            Requests.requestId(ctx)));
  }

  private static ProblemException notFound(RoutingContext ctx) {
    return ProblemException.of(
        ProblemType.NOT_FOUND,
        ctx.request().method() + " of another path",
        "GET /admin/status or /admin/sessions, DELETE /admin/sessions/ID, POST or DELETE"
            + " /admin/models/NAME or /admin/drain",
        "see docs/operations.md");
  }

  private void failed(RoutingContext ctx) {
    if (ctx.failure() instanceof ProblemException problem) {
      refuse(ctx, problem);
    } else if (ctx.failure() == null) {
      refuse(ctx, notFound(ctx));
    } else {
      LOG.error("administration: request {} failed", Requests.requestId(ctx), ctx.failure());
      refuse(ctx, ProblemException.internal(ctx.failure(), Requests.requestId(ctx)));
    }
  }

  private static void refuse(RoutingContext ctx, ProblemException problem) {
    if (!ctx.response().ended()) {
      ProblemHandler.answer(ctx, problem);
    }
  }
}
