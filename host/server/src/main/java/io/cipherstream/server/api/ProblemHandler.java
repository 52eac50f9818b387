package io.cipherstream.server.api;

import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.problem.RefusalLog;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every failed request with a problem. */
final class ProblemHandler implements Handler<RoutingContext> {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

  private final ServerMetrics metrics;
  private final RefusalLog refusals;
  private final RequestAudit audit;

  ProblemHandler(ServerMetrics metrics, RefusalLog refusals, RequestAudit audit) {
    this.metrics = metrics;
    this.refusals = refusals;
    this.audit = audit;
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (ctx.failure() instanceof HttpClosedException) {
      LOG.debug("request {}: the client has gone", Requests.requestId(ctx));
      return;
    }
    ProblemException problem = problem(ctx);
    metrics.problem(problem.type().slug());
    HttpServerResponse response = ctx.response();
    if (response.headWritten() || response.closed()) {
      response.reset();
      return;
    }
    boolean said =
        refusals.refused(
            Requests.tenantOrNobody(ctx),
            Requests.address(ctx.request()),
            "request " + Requests.requestId(ctx) + " " + ctx.request().method(),
            problem);
    audit.refused(ctx, problem.type(), said);
    answer(ctx, problem);
    if (!ctx.request().isEnded()) {
      ctx.request().resume();
    }
  }

  /** Sends the problem. */
  static void answer(RoutingContext ctx, ProblemException problem) {
    HttpServerResponse response = ctx.response();
    Integer retryAfter = problem.retryAfterSeconds();
    if (retryAfter != null) {
      response.putHeader("Retry-After", retryAfter.toString());
    }
    if (problem.type() == ProblemType.UNAUTHORIZED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    response
        .setStatusCode(problem.type().status())
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "no-store")
        .end(problem.toJson(Requests.requestId(ctx)).toBuffer());
  }

  private static ProblemException problem(RoutingContext ctx) {
    Throwable failure = ctx.failure();
    if (failure instanceof ProblemException problem) {
      return problem;
    }
    if (failure instanceof HttpException e) {
      return http(ctx, e.getStatusCode(), e.getPayload());
    }
    if (failure == null) {
      return http(ctx, ctx.statusCode(), null);
    }
    LOG.error("request {} failed", Requests.requestId(ctx), failure);
    return ProblemException.internal(failure, Requests.requestId(ctx));
  }

  private static ProblemException http(RoutingContext ctx, int status, @Nullable String reason) {
    String what = ctx.request().method() + " " + ctx.request().path();
    return switch (status) {
      case 404 ->
          ProblemException.of(
              ProblemType.NOT_FOUND, what, "a path in /openapi.yaml", "see /openapi.yaml");
      case 405 ->
          ProblemException.of(
              ProblemType.METHOD_NOT_ALLOWED, what, "a method in /openapi.yaml", "");
      case 413 ->
          ProblemException.of(ProblemType.TOO_LARGE, what + " with a long body", "less", "");
      default ->
          ProblemException.of(
              ProblemType.REQUEST_INVALID,
              reason == null ? what : reason,
              "a request as in /openapi.yaml",
              "correct the request");
    };
  }
}
