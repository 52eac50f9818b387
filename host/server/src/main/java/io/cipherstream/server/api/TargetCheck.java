package io.cipherstream.server.api;

import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests whose {@code Host} is missing, malformed or duplicate, or whose target has a
 * broken escape or a path without its first slash, before anything else parses them. Vert.x 5.0.7
 * reads beyond the end of some hosts, which are then never answered, and treats such targets as its
 * own failure. HTTP before 1.1, which old health checks use, needs no {@code Host}.
 */
final class TargetCheck implements Handler<HttpServerRequest> {

  /** A name, an IPv4 or a bracketed IPv6 address, and a port; escapes are in no real host name. */
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(?:[A-Za-z0-9._~!$&'()*+,;=-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{1,5}))?");

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private static final int SHOWN_MAX = 80;
  private static final int PORT_MAX = 65535;

  private final Handler<HttpServerRequest> next;
  private final ServerMetrics metrics;

  TargetCheck(Handler<HttpServerRequest> next, ServerMetrics metrics) {
    this.next = next;
    this.metrics = metrics;
  }

  @Override
  public void handle(HttpServerRequest request) {
    ProblemException problem = problem(request);
    if (problem == null) {
      next.handle(request);
      return;
    }
    metrics.problem(problem.type().slug());
    String id = UUID.randomUUID().toString();
    if (request.version() != HttpVersion.HTTP_2) {
      request.response().putHeader("Connection", "close");
    }
    request
        .response()
        .setStatusCode(problem.type().status())
        .putHeader("X-Request-Id", id)
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "no-store")
        .end(problem.toJson(id).toBuffer());
    request.resume();
  }

  private static @Nullable ProblemException problem(HttpServerRequest request) {
    String wrong = wrong(request);
    if (wrong != null) {
      return ProblemException.of(
          ProblemType.REQUEST_INVALID,
          wrong,
          "one Host of the form name, name:port, [address] or [address]:port",
          "send the host and port that you connect to");
    }
    if (BROKEN_ESCAPE.matcher(String.valueOf(request.uri())).find()) {
      return ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "a target with a '%' that begins no escape",
          "'%' and two hexadecimal digits",
          "escape the target as RFC 3986 says");
    }
    String path = request.path();
    if (path == null || !path.startsWith("/")) {
      return ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "a target whose path begins with no '/'",
          "a path as in /openapi.yaml",
          "send the path from its first '/'");
    }
    return null;
  }

  private static @Nullable String wrong(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      HostAndPort authority = request.authority();
      return authority == null ? "a request without an authority" : wrong(authority.toString());
    }
    List<String> hosts = request.headers().getAll("Host");
    if (hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_0) {
      request.headers().set("Host", "localhost"); // of no consequence, but asked for further on
      return null;
    }
    return hosts.size() == 1 ? wrong(hosts.get(0)) : hosts.size() + " Host headers";
  }

  private static @Nullable String wrong(String host) {
    Matcher matcher = AUTHORITY.matcher(host);
    if (matcher.matches()
        && (matcher.group(1) == null || Integer.parseInt(matcher.group(1)) <= PORT_MAX)) {
      return null;
    }
    String shown = host.substring(0, Math.min(SHOWN_MAX, host.length()));
    return "the Host '" + shown.replaceAll("[^\\x20-\\x7e]", "?") + "'";
  }
}
