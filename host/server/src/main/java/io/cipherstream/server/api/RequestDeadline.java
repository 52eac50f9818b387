package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;

/** Ends a request whose JSON body does not arrive in time, and its connection with it. */
final class RequestDeadline {

  private static final String TIMER = "cipherstream.deadline";

  private final Vertx vertx;
  private final int seconds;

  RequestDeadline(Vertx vertx, int seconds) {
    this.vertx = vertx;
    this.seconds = seconds;
  }

  /** Runs {@code reading}, which calls the next handler when it has the body. */
  void start(RoutingContext ctx, Handler<RoutingContext> reading) {
    long timer = vertx.setTimer(1000L * seconds, id -> expired(ctx));
    ctx.put(TIMER, timer);
    ctx.addEndHandler(ended -> vertx.cancelTimer(timer));
    reading.handle(ctx);
  }

  /** The body is there. */
  void met(RoutingContext ctx) {
    Long timer = ctx.get(TIMER);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    ctx.next();
  }

  private void expired(RoutingContext ctx) {
    Connections.closing(ctx);
    ctx.addEndHandler(answered -> ctx.request().connection().close());
    ctx.fail(
        ProblemException.of(
                ProblemType.DEADLINE_EXCEEDED,
                "a body that was not there after " + seconds + " s",
                "the whole body within " + seconds + " s (requestDeadlineSeconds)",
                "send the request again")
            .with("limit", "requestDeadlineSeconds"));
  }
}
