package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.AuditEntry;
import io.cipherstream.server.tenant.AuditLog;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Requests in the audit log: those that make, change, fetch or use something, with their outcome,
 * and refusals of API keys and rates. Reading state leaves no entry.
 */
final class RequestAudit {

  private static final Set<String> AUDITED =
      Set.of(
          "createSession",
          "deleteSession",
          "putKey",
          "clientPackage",
          "createTrack",
          "deleteTrack",
          "jobResult",
          "deleteJob",
          "putTrackCiphertext",
          "infer",
          "inferences");

  private static final List<String> OBJECTS = List.of("session", "track", "job", "model");

  private static final Set<ProblemType> ALWAYS =
      Set.of(ProblemType.UNAUTHORIZED, ProblemType.RATE_LIMITED);

  private static final String ACTION = "cipherstream.action";
  private static final String OBJECT = "cipherstream.object";
  private static final String REFUSED = "cipherstream.refused";

  private final AuditLog log;

  RequestAudit(AuditLog log) {
    this.log = log;
  }

  /** The handler of an operation, with an entry when its answer has been sent. */
  Handler<RoutingContext> around(String operation, Handler<RoutingContext> handler) {
    if (!AUDITED.contains(operation)) {
      return handler;
    }
    return ctx -> {
      ctx.put(ACTION, operation);
      ctx.addEndHandler(
          ended -> {
            // An upgraded connection has its entry already; a refusal, too.
            if (!operation.equals("inferences") && ctx.get(REFUSED) == null) {
              add(ctx, ended.succeeded() ? "ok" : "cancelled");
            }
          });
      handler.handle(ctx);
    };
  }

  /** Names what a request is about where its path does not. */
  static void object(RoutingContext ctx, String object) {
    ctx.put(OBJECT, object);
  }

  /** A connection was upgraded for inferences; returns its entry. */
  AuditEntry opened(RoutingContext ctx) {
    return add(ctx, "ok");
  }

  /**
   * A request was answered with a problem.
   *
   * @param said whether the log has it, which takes only some refusals of a tenant in a second
   */
  void refused(RoutingContext ctx, ProblemType problem, boolean said) {
    ctx.put(REFUSED, true);
    if (said && (ctx.get(ACTION) != null || ALWAYS.contains(problem))) {
      add(ctx, problem.slug());
    }
  }

  private AuditEntry add(RoutingContext ctx, String outcome) {
    AuditEntry entry = entry(ctx, outcome);
    log.add(entry);
    return entry;
  }

  /** The entry that a request would have, for what goes on after it. */
  static AuditEntry asked(RoutingContext ctx) {
    return entry(ctx, "ok");
  }

  private static AuditEntry entry(RoutingContext ctx, String outcome) {
    return new AuditEntry(
        Requests.tenantOrNobody(ctx),
        Requests.keyName(ctx),
        Requests.client(ctx),
        or(ctx.get(ACTION), "request"),
        or(ctx.get(OBJECT), inPath(ctx)),
        outcome,
        Requests.requestId(ctx));
  }

  private static String inPath(RoutingContext ctx) {
    return OBJECTS.stream()
        .map(ctx::pathParam)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(AuditEntry.NONE);
  }

  private static String or(@Nullable String value, String other) {
    return value != null ? value : other;
  }
}
