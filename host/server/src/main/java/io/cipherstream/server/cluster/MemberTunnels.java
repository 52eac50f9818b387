package io.cipherstream.server.cluster;

import io.cipherstream.server.config.ServerConfig.ClusterNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the membership's own connections, which know no TLS, over the links between nodes. Each
 * node's member listens on a loopback address of its own; here every other node's address is
 * listened on too, and what connects there goes through a CONNECT request to that node, which joins
 * it to its member.
 */
final class MemberTunnels {

  /** Port of the members on their loopback addresses. */
  static final int MEMBER_PORT = 5701;

  private static final Logger LOG = LoggerFactory.getLogger(MemberTunnels.class);
  private static final int CONNECT_MILLIS = 2000;

  private final Vertx vertx;
  private final ClusterNodes nodes;
  private final NodeLinks links;
  private final NetClient toOwnMember;

  MemberTunnels(Vertx vertx, ClusterNodes nodes, NodeLinks links) {
    this.vertx = vertx;
    this.nodes = nodes;
    this.links = links;
    this.toOwnMember =
        vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_MILLIS));
  }

  /** Listens for what this node's member sends to the others. */
  Future<Void> open() {
    Future<Void> all = Future.succeededFuture();
    for (ClusterNode node : nodes.others()) {
      if (!ClusterNodes.isOnThisMachine(node)) {
        all = all.compose(v -> listen(node));
      }
    }
    return all;
  }

  private Future<Void> listen(ClusterNode node) {
    NetServerOptions options =
        new NetServerOptions()
            .setHost(ClusterNodes.memberAddress(node))
            .setPort(MEMBER_PORT)
            .setTcpNoDelay(true);
    return vertx
        .createNetServer(options)
        .connectHandler(socket -> carry(socket, node))
        .listen()
        .mapEmpty();
  }

  private void carry(NetSocket member, ClusterNode node) {
    member.pause();
    links
        .request(node, new RequestOptions().setMethod(HttpMethod.CONNECT).setURI(node.name()))
        .compose(request -> request.exceptionHandler(e -> {}).connect()) // it fails below too
        .onSuccess(
            answer -> {
              if (answer.statusCode() == 200) {
                join(member, answer.netSocket());
              } else {
                LOG.warn("node {} refuses members with {}", node.name(), answer.statusCode());
                answer.request().connection().close();
                member.close();
              }
            })
        .onFailure(
            e -> {
              LOG.debug("no link to node {}: {}", node.name(), e.toString());
              member.close();
            });
  }

  /** Joins a tunnel from another node to this node's member. */
  void accept(HttpServerRequest request) {
    request.pause();
    toOwnMember
        .connect(MEMBER_PORT, ClusterNodes.memberAddress(nodes.self()))
        .onSuccess(
            member -> {
              member.pause();
              request
                  .toNetSocket()
                  .onSuccess(tunnel -> join(member, tunnel))
                  .onFailure(e -> member.close());
            })
        .onFailure(e -> request.response().setStatusCode(503).end());
  }

  /** Pipes both ways until one side ends; each waits for the other, so nothing piles up. */
  static void join(NetSocket one, NetSocket other) {
    one.pipeTo(other).onComplete(done -> other.close());
    other.pipeTo(one).onComplete(done -> one.close());
  }

  void close() {
    toOwnMember.close();
  }
}
