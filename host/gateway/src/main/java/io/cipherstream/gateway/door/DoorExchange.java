package io.cipherstream.gateway.door;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** One request and its answer. Used on the request's event loop. */
public final class DoorExchange {

  private static final String KEY = "cipherstream.exchange";
  private static final String NO_OPERATION = "none";

  private final RoutingContext ctx;
  private final int replySeconds;
  private final String id = UUID.randomUUID().toString();
  private final long started = System.nanoTime();
  private final Span span = Span.current();
  private String operation = NO_OPERATION;
  private String outcome = "ok";
  private int texts;

  private DoorExchange(RoutingContext ctx, int replySeconds) {
    this.ctx = ctx;
    this.replySeconds = replySeconds;
    span.setAttribute(Spans.REQUEST, id);
  }

  static DoorExchange begin(RoutingContext ctx, int replySeconds) {
    DoorExchange exchange = new DoorExchange(ctx, replySeconds);
    ctx.put(KEY, exchange);
    return exchange;
  }

  /** That of the request. */
  public static DoorExchange of(RoutingContext ctx) {
    return ctx.get(KEY);
  }

  /** Names the request in the log, and in the answer's {@code X-Request-Id}. */
  public String id() {
    return id;
  }

  void operation(String name) {
    operation = name;
    span.updateName(name);
  }

  String operation() {
    return operation;
  }

  String outcome() {
    return outcome;
  }

  long nanos() {
    return System.nanoTime() - started;
  }

  /** How many texts were asked about, for the log. */
  public void texts(int count) {
    texts = count;
    span.setAttribute(Spans.TEXTS, count);
  }

  int texts() {
    return texts;
  }

  /** Answers with JSON. */
  public void json(JsonNode answer) {
    json(200, answer);
  }

  void json(int status, JsonNode answer) {
    ctx.response().setStatusCode(status);
    send("application/json", bytes(answer));
  }

  /** Answers with a content. */
  public void send(String type, Buffer content) {
    HttpServerResponse response = ctx.response();
    if (response.closed() || response.ended()) {
      return;
    }
    response.putHeader("Content-Type", type);
    long timer =
        ctx.vertx()
            .setTimer(
                1000L * replySeconds, late -> GatewayConnections.abort(ctx.request().connection()));
    var unused = response.end(content).onComplete(done -> ctx.vertx().cancelTimer(timer));
  }

  /** Answers with a refusal in the door's form. */
  void fail(Door door, GatewayProblem problem) {
    outcome = problem.kind().slug();
    span.setAttribute(Spans.OUTCOME, outcome);
    HttpServerResponse response = ctx.response();
    if (response.headWritten() || response.closed()) {
      response.reset();
      return;
    }
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> response.putHeader("Retry-After", Integer.toString(seconds)));
    if (problem.kind() == GatewayProblemKind.UNAUTHORIZED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    if (!ctx.request().isEnded() && ctx.request().version() != HttpVersion.HTTP_2) {
      // The rest of the body will not be read.
      response.putHeader("Connection", "close");
      ctx.addEndHandler(answered -> ctx.request().connection().close());
    }
    json(door.status(problem), door.problem(problem));
  }

  /** The problem that a failure is. */
  public static GatewayProblem problem(Throwable failure) {
    if (failure instanceof GatewayProblem problem) {
      return problem;
    }
    if (failure instanceof TimeoutException) {
      return GatewayProblem.of(
          GatewayProblemKind.DEADLINE, "there was no answer in time; try again later");
    }
    return GatewayProblem.of(
        GatewayProblemKind.INTERNAL, "the gateway failed; its log has the place", failure);
  }

  /** JSON as bytes. */
  public static Buffer bytes(JsonNode answer) {
    try {
      return Buffer.buffer(StrictJson.MAPPER.writeValueAsBytes(answer));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }
}
