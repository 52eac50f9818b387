package io.cipherstream.gateway.door;

import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * Leads every request to its door, counts it, logs it without its text, and answers every failure
 * in the door's form.
 */
public final class DoorRouter implements Handler<HttpServerRequest> {

  private final Router router;
  private final List<Door> doors;
  private final Entrance entrance;
  private final GatewayLimits limits;
  private final GatewayConnections connections;
  private final Traffic traffic;

  /**
   * @param doors in the order of their claims to a path; the last one owns every path
   */
  public DoorRouter(
      Vertx vertx,
      List<Door> doors,
      Entrance entrance,
      GatewayLimits limits,
      GatewayConnections connections,
      Traffic traffic) {
    this.router = Router.router(vertx);
    this.doors = List.copyOf(doors);
    this.entrance = entrance;
    this.limits = limits;
    this.connections = connections;
    this.traffic = traffic;
    router.route().handler(this::enter);
    Routes routes = new Routes(router, limits);
    this.doors.forEach(door -> door.mount(routes));
    router.route().failureHandler(this::failed);
    for (int status : new int[] {400, 404, 405, 406, 413, 415, 500}) {
      router.errorHandler(status, this::failed);
    }
  }

  @Override
  public void handle(HttpServerRequest request) {
    router.handle(request);
  }

  private void enter(RoutingContext ctx) {
    DoorExchange exchange = DoorExchange.begin(ctx, limits.replySeconds());
    ctx.response().putHeader("X-Request-Id", exchange.id());
    ctx.response().putHeader("X-Content-Type-Options", "nosniff");
    ctx.response().putHeader("Cache-Control", "no-store");
    traffic.begun();
    connections.begun(ctx.request().connection());
    ctx.addEndHandler(
        ended -> {
          connections.answered(ctx.request().connection());
          traffic.ended(
              exchange.id(),
              door(ctx).name(),
              exchange.operation(),
              exchange.outcome(),
              exchange.texts(),
              exchange.nanos());
        });
    entrance.check(ctx.request());
    if (!isHealth(String.valueOf(ctx.request().path()))) {
      traffic.check();
    }
    ctx.next();
  }

  /** Whether a path is asked again and again by machines, and leaves no trace. */
  public static boolean isProbe(String path) {
    return isHealth(path) || path.equals("/metrics");
  }

  private static boolean isHealth(String path) {
    return path.contains("/health");
  }

  private void failed(RoutingContext ctx) {
    Throwable failure = ctx.failure();
    if (failure instanceof HttpClosedException) {
      return;
    }
    GatewayProblem problem =
        failure == null || (!(failure instanceof GatewayProblem) && ctx.statusCode() != 500)
            ? Routes.ofStatus(ctx.statusCode(), ctx.request().method(), limits)
            : DoorExchange.problem(failure);
    if (problem.kind() == GatewayProblemKind.INTERNAL && failure != null) {
      traffic.failed(DoorExchange.of(ctx).id(), failure);
    }
    DoorExchange.of(ctx).fail(door(ctx), problem);
  }

  private Door door(RoutingContext ctx) {
    String path = String.valueOf(ctx.request().path());
    return doors.stream()
        .filter(door -> door.owns(path))
        .findFirst()
        .orElseGet(() -> doors.get(doors.size() - 1));
  }
}
