package io.cipherstream.server.api;

import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.wire.InferTensors;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.RoutingContext;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyOptions;
import io.vertx.httpproxy.ProxyResponse;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a request about a session that another node serves to that node, and its answer back. The
 * other node checks the API key again and everything else for itself; here only the key has been
 * checked.
 */
final class Forwarding {

  /** Header by which the other node learns the client's address. */
  static final String CLIENT = "Cipherstream-Client";

  private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);
  private static final String REQUEST_ID = "X-Request-Id";
  private static final int REFUSED = 400;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern IN_PATH =
      Pattern.compile("/v2/(sessions|tracks|jobs)/([0-9a-f]{32})(?:/.*)?");
  private static final Pattern SOCKET = Pattern.compile("/v2/sessions/[0-9a-f]{32}/inferences/?");
  private static final Pattern BY_HEADER = Pattern.compile("/v2/(?:models/[^/]+/infer|tracks)/?");

  private final @Nullable Cluster cluster;
  private final InferenceServices services;
  private final boolean fromNodes;

  /**
   * @param cluster null for an appliance that stands alone
   * @param fromNodes whether requests come from other nodes, which have forwarded them already
   */
  Forwarding(@Nullable Cluster cluster, InferenceServices services, boolean fromNodes) {
    this.cluster = cluster;
    this.services = services;
    this.fromNodes = fromNodes;
  }

  /** Whether requests come from other nodes. */
  boolean fromNodes() {
    return fromNodes;
  }

  /** What ids of new sessions begin with. */
  String tag() {
    return cluster == null ? "" : cluster.tag();
  }

  /**
   * What a request is about.
   *
   * @param moves whether it may be at another node than the one that made it
   */
  private record Named(String id, boolean moves) {}

  /** Goes on here with what is this node's own. */
  void route(RoutingContext ctx) {
    Cluster nodes = cluster;
    Named named = nodes == null || fromNodes ? null : named(ctx);
    if (nodes == null || named == null || services.registry().find(named.id).isPresent()) {
      ctx.next();
    } else if (named.moves) {
      ctx.request().pause();
      nodes
          .whereabouts()
          .of(named.id)
          .onSuccess(
              node -> {
                ctx.request().resume();
                try {
                  to(ctx, nodes, named.id, node.or(() -> nodes.elsewhere(named.id)));
                } catch (ProblemException e) {
                  ctx.fail(e);
                }
              })
          .onFailure(e -> ctx.fail(lost(ctx, e)));
    } else {
      to(ctx, nodes, named.id, nodes.elsewhere(named.id));
    }
  }

  private void to(RoutingContext ctx, Cluster nodes, String id, Optional<String> node) {
    if (node.isEmpty()) {
      ctx.next();
      return;
    }
    requireUp(nodes, node.get(), id);
    if (ctx.request().method().equals(HttpMethod.GET)
        && SOCKET.matcher(ctx.normalizedPath()).matches()) {
      UpgradeCheck.check(ctx);
      joinSockets(ctx, nodes, node.get(), id);
    } else {
      forward(ctx, nodes, node.get(), id);
    }
  }

  /** The session, track or job that a request is about. */
  private static @Nullable Named named(RoutingContext ctx) {
    String path = ctx.normalizedPath();
    Matcher inPath = IN_PATH.matcher(path);
    if (inPath.matches()) {
      return new Named(inPath.group(2), inPath.group(1).equals("sessions"));
    }
    String header = ctx.request().getHeader(InferTensors.SESSION);
    return header != null
            && ctx.request().method().equals(HttpMethod.POST)
            && BY_HEADER.matcher(path).matches()
            && ID.matcher(header).matches()
        ? new Named(header, true)
        : null;
  }

  private void requireUp(Cluster nodes, String node, String id) {
    if (nodes.up().isEmpty()) {
      throw ProblemException.of(
              ProblemType.NOT_READY,
              "a request about another node's session",
              "one after this node has joined the others",
              "try again after the named time")
          .with("retryAfterSeconds", services.limits().retryAfterSeconds());
    }
    if (!nodes.up().contains(node)) {
      throw ProblemException.of(
          ProblemType.SESSION_UNREACHABLE,
          "session, track or job " + id + " of a node that is away",
          "one of a node that is up",
          "make a new session, or wait for that node");
    }
  }

  private static ProblemException lost(RoutingContext ctx, Throwable why) {
    LOG.info("request {}: no answer of its node: {}", Requests.requestId(ctx), why.toString());
    return lost();
  }

  private static ProblemException lost() {
    return ProblemException.of(
            ProblemType.NODE_LOST,
            "a request about another node's session, from which no answer came",
            "an answer of that node",
            "try again after the named time; an inference under a new id")
        .with("retryAfterSeconds", 1);
  }

  private void forward(RoutingContext ctx, Cluster nodes, String node, String id) {
    ProxyInterceptor ours =
        new ProxyInterceptor() {
          @Override
          public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
            context.request().headers().remove("Expect");
            context.request().headers().remove(CLIENT);
            context.request().putHeader(CLIENT, Requests.address(ctx.request()));
            context.request().putHeader(REQUEST_ID, Requests.requestId(ctx));
            return context
                .sendRequest()
                .recover(e -> Future.succeededFuture(refusal(ctx, context, e)));
          }

          @Override
          public Future<Void> handleProxyResponse(ProxyContext context) {
            context.response().headers().remove(REQUEST_ID); // it is there already
            answered(nodes, id, context.response().getStatusCode());
            return context.sendResponse();
          }
        };
    Requests.askForBody(ctx);
    HttpProxy.reverseProxy(new ProxyOptions().setSupportWebSocket(false), nodes.client(node))
        .addInterceptor(ours)
        .origin(context -> nodes.request(node, new RequestOptions()))
        .handle(ctx.request());
    services.metrics().forwarded();
  }

  /** A node that refuses may not serve the session any more. */
  private static void answered(Cluster nodes, String id, int status) {
    if (status >= REFUSED) {
      nodes.whereabouts().forget(id);
    }
  }

  private ProxyResponse refusal(RoutingContext ctx, ProxyContext context, Throwable why) {
    ProblemException problem = lost(ctx, why);
    services.metrics().problem(problem.type().slug());
    Buffer body = problem.toJson(Requests.requestId(ctx)).toBuffer();
    ProxyResponse answer = context.request().release().response();
    answer
        .setStatusCode(problem.type().status())
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "no-store")
        .putHeader("Retry-After", String.valueOf(problem.retryAfterSeconds()))
        .setBody(Body.body(body));
    return answer;
  }

  /** The handshake is the two ends' own; afterwards bytes go both ways as they are. */
  private void joinSockets(RoutingContext ctx, Cluster nodes, String node, String id) {
    ctx.request().pause();
    RequestOptions options = new RequestOptions().setURI(ctx.request().uri());
    ctx.request()
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equalsIgnoreCase("Host") && !name.equalsIgnoreCase(CLIENT)) {
                options.addHeader(name, value);
              }
            });
    options.putHeader(CLIENT, Requests.address(ctx.request()));
    options.putHeader(REQUEST_ID, Requests.requestId(ctx));
    nodes
        .request(node, options)
        .compose(request -> request.exceptionHandler(e -> {}).connect()) // it fails below too
        .onSuccess(
            answer -> {
              answered(nodes, id, answer.statusCode());
              upgraded(ctx, answer);
            })
        .onFailure(e -> ctx.fail(lost(ctx, e)));
    services.metrics().forwarded();
  }

  private static void upgraded(RoutingContext ctx, HttpClientResponse answer) {
    HttpServerResponse response = ctx.response();
    answer
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equalsIgnoreCase(REQUEST_ID)) {
                response.putHeader(name, value);
              }
            });
    response.setStatusCode(answer.statusCode());
    if (answer.statusCode() != 101) {
      answer.pipeTo(response);
      ctx.request().resume();
      return;
    }
    NetSocket node = answer.netSocket();
    node.pause();
    ctx.request()
        .toNetSocket()
        .onSuccess(
            client -> {
              client.pipeTo(node).onComplete(done -> node.close());
              node.pipeTo(client).onComplete(done -> client.close());
            })
        .onFailure(e -> node.close());
  }
}
