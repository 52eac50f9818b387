package io.cipherstream.server.api;

import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.cluster.Whereabouts;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.serving.IntervalsModel;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionMoves;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the sessions of a node that leaves to the nodes that stay, in turn, the one used last
 * first. A session in use stays, and so does one of encrypted intervals, whose tracks are on this
 * node's disk.
 */
public final class SessionSender {

  private static final Logger LOG = LoggerFactory.getLogger(SessionSender.class);
  private static final int DONE = 204;
  private static final int NOT_THERE = 404;

  /** How often and after what time an answer that did not come is asked for again. */
  private static final int TRIES = 3;

  private static final long AGAIN_MILLIS = 500;

  /** After so long without a byte a node counts as lost. */
  private static final long SILENT_MILLIS = 5000;

  private final Vertx vertx;
  private final Cluster cluster;
  private final SessionMoves moves;
  private final ServerMetrics metrics;

  public SessionSender(Vertx vertx, Cluster cluster, SessionMoves moves, ServerMetrics metrics) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.moves = moves;
    this.metrics = metrics;
  }

  /**
   * Gives away what it can until a deadline. It does not fail.
   *
   * @param deadline in the units of {@link System#nanoTime}
   */
  public Future<Void> sendAll(long deadline) {
    List<Session> sessions =
        moves.idle().stream()
            .filter(session -> !session.info().model().equals(IntervalsModel.NAME))
            .toList();
    return from(sessions, 0, deadline).otherwiseEmpty();
  }

  private Future<Void> from(List<Session> sessions, int first, long deadline) {
    if (first == sessions.size() || System.nanoTime() - deadline > 0) {
      return Future.succeededFuture();
    }
    Session session = sessions.get(first);
    return send(session, targets(first), deadline)
        .otherwise(
            e -> {
              LOG.warn("session {} stays: {}", session.id(), e.toString());
              return null;
            })
        .compose(v -> from(sessions, first + 1, deadline));
  }

  /** The other nodes that are up, each session's beginning with the next one. */
  private List<String> targets(int turn) {
    List<String> up = new ArrayList<>(cluster.others());
    up.retainAll(cluster.up());
    if (!up.isEmpty()) {
      Collections.rotate(up, -turn);
    }
    return up;
  }

  private Future<Void> send(Session session, List<String> targets, long deadline) {
    if (targets.isEmpty()) {
      return Future.succeededFuture();
    }
    return blocking(() -> moves.leave(session))
        .compose(
            packed ->
                packed == null
                    ? Future.succeededFuture() // in use again
                    : taken(session, packed, targets, deadline)
                        .eventually(() -> blocking(() -> Files.deleteIfExists(packed)))
                        .compose(node -> handOver(session, node)));
  }

  /** Offers it to one node after the other; gives the one that took it, or null. */
  private Future<@Nullable String> taken(
      Session session, Path packed, List<String> targets, long deadline) {
    String node = targets.get(0);
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    return offer(session, packed, node)
        .timeout(Math.max(1, left), TimeUnit.MILLISECONDS)
        .otherwise(
            e -> {
              LOG.info("node {} did not take session {}: {}", node, session.id(), e.toString());
              return false;
            })
        .compose(
            took -> {
              if (took) {
                return Future.succeededFuture(node);
              }
              return targets.size() == 1 || System.nanoTime() - deadline > 0
                  ? Future.succeededFuture()
                  : taken(session, packed, targets.subList(1, targets.size()), deadline);
            });
  }

  private Future<Boolean> offer(Session session, Path packed, String node) {
    RequestOptions options =
        request(HttpMethod.PUT, session)
            .putHeader(NodeHandlers.LAST_USED, String.valueOf(session.lastUsed().toEpochMilli()));
    return vertx
        .fileSystem()
        .props(packed.toString())
        .compose(
            file -> {
              options.putHeader("Content-Length", String.valueOf(file.size()));
              return vertx.fileSystem().open(packed.toString(), new OpenOptions().setWrite(false));
            })
        .compose(
            file ->
                cluster
                    .request(node, options)
                    .compose(request -> request.send(file))
                    .eventually(() -> file.close().otherwiseEmpty()))
        .map(
            answer -> {
              if (answer.statusCode() != DONE) {
                LOG.info(
                    "node {} refuses session {} with {}", node, session.id(), answer.statusCode());
              }
              return answer.statusCode() == DONE;
            });
  }

  private static RequestOptions request(HttpMethod method, Session session) {
    return new RequestOptions()
        .setMethod(method)
        .setURI(Whereabouts.path(session.id()))
        .setIdleTimeout(SILENT_MILLIS);
  }

  /**
   * @param node that took it; null if none did
   */
  private Future<Void> handOver(Session session, @Nullable String node) {
    if (node == null) {
      moves.stay(session);
      return Future.succeededFuture();
    }
    return blocking(
            () -> {
              try {
                moves.handOver(session);
              } catch (IOException | RuntimeException e) {
                moves.stay(session);
                throw e;
              }
              return null;
            })
        .compose(v -> served(session, node, TRIES))
        .compose(
            served ->
                blocking(
                    () -> {
                      if (served) {
                        moves.left(session);
                        metrics.sessionLeft();
                        LOG.info("session {} has gone to node {}", session.id(), node);
                      } else {
                        moves.takeBack(session);
                      }
                      return null;
                    }));
  }

  /**
   * Has the node serve it.
   *
   * @return false if the node says that it does not have it
   */
  private Future<Boolean> served(Session session, String node, int tries) {
    return cluster
        .request(node, request(HttpMethod.POST, session))
        .compose(request -> request.send())
        .compose(
            answer ->
                switch (answer.statusCode()) {
                  case DONE -> Future.succeededFuture(true);
                  case NOT_THERE -> Future.succeededFuture(false);
                  default -> Future.failedFuture("status " + answer.statusCode());
                })
        .recover(
            e -> {
              if (tries > 1) {
                return vertx
                    .timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                    .compose(v -> served(session, node, tries - 1));
              }
              LOG.warn(
                  "session {} is at node {}, if anywhere: {}", session.id(), node, e.toString());
              return Future.succeededFuture(true); // it may be served there, so never here
            });
  }

  private <T extends @Nullable Object> Future<T> blocking(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }
}
