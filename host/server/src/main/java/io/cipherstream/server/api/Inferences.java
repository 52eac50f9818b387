package io.cipherstream.server.api;

import io.cipherstream.server.inference.InferenceHolder;
import io.cipherstream.server.inference.InferenceJob;
import io.cipherstream.server.inference.InferenceRequest;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.inference.InferenceSocket;
import io.cipherstream.server.jobs.Job;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.tenant.AuditEntry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Receives inferences, by WebSocket or by request, and tracks the open ones. */
public final class Inferences {

  private final InferenceServices services;
  private final ApiKeys apiKeys;
  private final Connections connections;
  private final String tag;
  private final Map<InferenceHolder, Opened> open = new ConcurrentHashMap<>();

  /** How it was opened. */
  private record Opened(String tenant, String authorization) {
    static Opened of(HttpServerRequest request, String tenant) {
      return new Opened(tenant, String.valueOf(request.getHeader("Authorization")));
    }
  }

  /**
   * @param tag what ids of jobs begin with, so that other nodes know whose they are
   */
  public Inferences(
      InferenceServices services, ApiKeys apiKeys, Connections connections, String tag) {
    this.services = services;
    this.apiKeys = apiKeys;
    this.connections = connections;
    this.tag = tag;
  }

  /**
   * @param upgraded asked for its entry in the audit log once the connection is a WebSocket
   */
  void upgrade(RoutingContext ctx, Session session, Supplier<AuditEntry> upgraded) {
    services.catalog().requireReady();
    UpgradeCheck.check(ctx);
    HttpServerRequest request = ctx.request();
    Context context = Vertx.currentContext();
    request
        .toWebSocket()
        .onSuccess(socket -> opened(context, request, socket, session, upgraded.get()))
        .onFailure(ctx::fail);
  }

  private void opened(
      Context context,
      HttpServerRequest request,
      ServerWebSocket socket,
      Session session,
      AuditEntry entry) {
    InferenceSocket inferences =
        new InferenceSocket(
            services,
            context,
            socket,
            () -> Connections.abort(request.connection()),
            session,
            entry);
    connections.upgraded(request.connection());
    Opened how = Opened.of(request, session.tenant());
    open.put(inferences, how);
    inferences.open(() -> open.remove(inferences));
    if (isRevoked(how)) { // while the connection was upgraded
      inferences.end(revoked());
    }
  }

  /** One inference as one request; its body is left to the inference. */
  void infer(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    request.pause();
    services.catalog().requireReady();
    String tenant = Requests.tenant(ctx);
    ServedModel model =
        services.catalog().require(Requests.parameter(ctx, "model", ModelHandlers.NAME));
    InferLengths lengths = InferLengths.of(request, model, services.limits().requestBytesMax());
    InferenceRequest inference =
        new InferenceRequest(
            services,
            services.vertx().getOrCreateContext(),
            request,
            tenant,
            model,
            lengths.header(),
            lengths.whole(),
            problem -> refuse(ctx, problem),
            later(ctx),
            new Taken(ctx));
    open.put(inference, Opened.of(request, tenant));
    ctx.addEndHandler(
        ended -> {
          open.remove(inference);
          inference.gone();
        });
    Requests.askForBody(ctx);
    inference.open();
  }

  private InferenceRequest.@Nullable Later later(RoutingContext ctx) {
    return Preferences.later(ctx.request())
        ? new InferenceRequest.Later(
            tag,
            IdempotencyKey.text(
                ctx.request().getHeader(IdempotencyKey.HEADER),
                "choose a random key for every new job"),
            RequestAudit.asked(ctx))
        : null;
  }

  /** A job has its inputs; what becomes of it is no longer this request's. */
  private final class Taken implements InferenceRequest.Taken {
    private final RoutingContext ctx;

    Taken(RoutingContext ctx) {
      this.ctx = ctx;
    }

    @Override
    public void runs(InferenceJob runs) {
      open.put(runs, Opened.of(ctx.request(), runs.job().info().tenant()));
      runs.whenOver(() -> open.remove(runs));
    }

    @Override
    public void job(Job job) {
      if (ctx.response().closed()) {
        return;
      }
      Preferences.applied(ctx.response());
      ctx.response().putHeader("Location", "/v2/jobs/" + job.info().id());
      Requests.json(ctx, 202, JobHandlers.view(services.jobs(), job));
    }
  }

  /**
   * The rest of a body that never arrives is not awaited. An answer that has begun breaks off with
   * its connection, since no problem can follow its head.
   */
  private void refuse(RoutingContext ctx, ProblemException problem) {
    if (ctx.response().headWritten()) {
      services.metrics().problem(problem.type().slug());
      Connections.breakOff(ctx);
      return;
    }
    if (problem.type() == ProblemType.DEADLINE_EXCEEDED && !ctx.request().isEnded()) {
      Connections.closing(ctx);
      ctx.addEndHandler(answered -> ctx.request().connection().close());
    }
    ctx.fail(problem);
  }

  /** Ends those whose API key is no longer valid; returns their number. */
  public int closeRevoked() {
    List<InferenceHolder> gone =
        open.entrySet().stream()
            .filter(each -> isRevoked(each.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    gone.forEach(each -> each.end(revoked()));
    return gone.size();
  }

  private boolean isRevoked(Opened how) {
    return !apiKeys.stillCounts(how.authorization, how.tenant);
  }

  private static ProblemException revoked() {
    return ProblemException.of(
        ProblemType.UNAUTHORIZED,
        "an inference or connection under an API key that was revoked",
        "one under a configured API key",
        "connect again with the API key that the appliance's operator gave you");
  }

  /** Ends the inferences of a session that was deleted, has expired, or is another node's now. */
  public void sessionRemoved(Session session) {
    ProblemException why = services.registry().whyGone(session);
    open.keySet().stream().filter(each -> each.session() == session).forEach(each -> each.end(why));
  }

  /** Ends all of them, because the appliance stops. */
  public void shutDown() {
    open.keySet()
        .forEach(
            each ->
                each.end(
                    ProblemException.shuttingDown(
                        "an open connection", services.limits().retryAfterSeconds())));
  }

  /** Whether an inference runs or its result is still being sent. */
  public boolean isBusy() {
    return open.keySet().stream().anyMatch(InferenceHolder::isBusy);
  }
}
