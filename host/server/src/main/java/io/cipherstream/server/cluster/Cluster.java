package io.cipherstream.server.cluster;

import io.cipherstream.server.config.NodeTag;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.config.ServerConfig.ClusterNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node and the others. At any time one node at most has a session, with its keys, and computes
 * with them; the other nodes forward its requests. So nothing about a session is shared, and nodes
 * that do not reach each other cannot disagree about one. Thread-safe.
 */
public final class Cluster {

  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final long JOIN_AGAIN_MILLIS = 2000;

  private final Vertx vertx;
  private final ClusterNodes nodes;
  private final NodeLinks links;
  private final MemberTunnels tunnels;
  private final Whereabouts whereabouts = new Whereabouts(this);
  private final Promise<Void> joined = Promise.promise();
  private volatile @Nullable Membership membership;
  private volatile boolean closed;

  private Cluster(Vertx vertx, ServerConfig config) {
    this.vertx = vertx;
    this.nodes = new ClusterNodes(config.cluster());
    this.links = new NodeLinks(vertx, config.cluster(), config.limits().idleConnectionSeconds());
    this.tunnels = new MemberTunnels(vertx, nodes, links);
  }

  /** That of the configuration; empty for an appliance that stands alone. */
  public static Optional<Cluster> of(Vertx vertx, ServerConfig config) {
    return config.cluster().node() == null
        ? Optional.empty()
        : Optional.of(new Cluster(vertx, config));
  }

  /** What ids of this node's sessions and tracks begin with. */
  public String tag() {
    return NodeTag.of(nodes.self().name());
  }

  /** This node's name. */
  public String name() {
    return nodes.self().name();
  }

  /** Options of the listener for the other nodes. */
  public HttpServerOptions listener() {
    return links.serverOptions(nodes.self());
  }

  /** A tunnel that another node asks for; its request is a CONNECT. */
  public void tunnel(HttpServerRequest request) {
    tunnels.accept(request);
  }

  /** Joins the other nodes, again and again until it succeeds; this does not wait for it. */
  public void start() {
    tunnels.open().onSuccess(open -> join()).onFailure(this::again);
  }

  /** On a thread without a Vert.x context, since it makes a Vert.x of its own. */
  private void join() {
    Thread thread = new Thread(this::joinNow, "cluster-join");
    thread.setDaemon(true);
    thread.start();
  }

  private void joinNow() {
    Membership.join(nodes, this::left)
        .onSuccess(
            now -> {
              membership = now;
              joined.tryComplete();
              LOG.info("node {} is up; nodes: {}", name(), up());
              if (closed) {
                now.leave();
              }
            })
        .onFailure(this::again);
  }

  private void again(Throwable failure) {
    LOG.warn("node {} could not join the others yet", name(), failure);
    if (!closed) {
      vertx.setTimer(JOIN_AGAIN_MILLIS, timer -> join());
    }
  }

  /** Completes when this node has joined the others, or is the first. */
  public Future<Void> joined() {
    return joined.future();
  }

  /** Names of the nodes that are up, in order; empty before this one has joined. */
  public Set<String> up() {
    Membership now = membership;
    return now == null ? Set.of() : new TreeSet<>(now.up());
  }

  /** Names of all nodes but this one. */
  public List<String> others() {
    return nodes.others().stream().map(ClusterNode::name).toList();
  }

  /** Which other node serves a session. */
  public Whereabouts whereabouts() {
    return whereabouts;
  }

  /**
   * The other node that made the session, track or job of that id; empty if this one would have it.
   */
  public Optional<String> elsewhere(String id) {
    return nodes.elsewhere(id).map(ClusterNode::name);
  }

  /**
   * A request to another node. It fails if the node cannot be reached, and when it leaves, whether
   * or not it has begun to answer.
   */
  public Future<HttpClientRequest> request(String node, RequestOptions options) {
    return links.request(node(node), options);
  }

  /** The client of {@link #request}. */
  public HttpClient client(String node) {
    return links.client(node(node));
  }

  private ClusterNode node(String name) {
    return nodes.others().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void left(String name) {
    nodes.others().stream().filter(node -> node.name().equals(name)).forEach(links::drop);
  }

  /** Leaves the others. */
  public Future<Void> close() {
    closed = true;
    Membership now = membership;
    return (now == null ? Future.<Void>succeededFuture() : now.leave())
        .onComplete(
            left -> {
              tunnels.close();
              links.close();
            });
  }
}
