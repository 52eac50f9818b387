package io.cipherstream.server.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which other node serves a session. The node that made it is asked first, since it is most often
 * the one, and no other node's word counts against its own. If it does not serve it, the other
 * nodes that are up are asked, all at one time. An answer is remembered until it turns out to be
 * wrong. So nothing that tells where a session is has to survive a node. Thread-safe.
 */
public final class Whereabouts {

  /** Sessions remembered. */
  private static final int SESSIONS_MAX = 8192;

  /** A node that is up, but does not answer within this, counts as lost. */
  private static final long ANSWER_MILLIS = 5000;

  private static final int SERVED = 204;
  private static final int NOT_SERVED = 404;

  private final Cluster cluster;
  private final Map<String, String> nodes = new LinkedHashMap<>();

  Whereabouts(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Where a node answers other nodes about a session. */
  public static String path(String session) {
    return "/node/sessions/" + session;
  }

  /**
   * The name of the node that serves a session; empty if none that is up does.
   *
   * <p>It fails if one did not answer and no other serves it.
   */
  public Future<Optional<String>> of(String session) {
    Set<String> up = cluster.up();
    String known = known(session);
    if (known != null && up.contains(known)) {
      return Future.succeededFuture(Optional.of(known));
    }
    List<String> others = new ArrayList<>(cluster.others());
    others.retainAll(up);
    String maker = cluster.elsewhere(session).filter(others::remove).orElse(null);
    return maker == null
        ? oneOf(others, session)
        : serves(maker, session)
            .compose(
                there ->
                    there ? Future.succeededFuture(Optional.of(maker)) : oneOf(others, session));
  }

  private Future<Optional<String>> oneOf(List<String> asked, String session) {
    List<Future<Boolean>> answers = new ArrayList<>();
    Promise<Optional<String>> found = Promise.promise();
    for (String node : asked) {
      answers.add(
          serves(node, session)
              .onSuccess(
                  there -> {
                    if (there) {
                      found.tryComplete(Optional.of(node));
                    }
                  }));
    }
    Future.join(answers)
        .onSuccess(all -> found.tryComplete(Optional.empty()))
        .onFailure(found::tryFail);
    return found.future();
  }

  private Future<Boolean> serves(String node, String session) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.HEAD)
            .setURI(path(session))
            .setIdleTimeout(ANSWER_MILLIS);
    return cluster
        .request(node, options)
        .compose(request -> request.send())
        .compose(
            answer ->
                switch (answer.statusCode()) {
                  case SERVED -> {
                    remember(session, node);
                    yield Future.succeededFuture(true);
                  }
                  case NOT_SERVED -> Future.succeededFuture(false);
                  default ->
                      Future.failedFuture(
                          "node " + node + " answers with status " + answer.statusCode());
                });
  }

  private synchronized @Nullable String known(String session) {
    return nodes.get(session);
  }

  private synchronized void remember(String session, String node) {
    nodes.put(session, node);
    if (nodes.size() > SESSIONS_MAX) {
      nodes.remove(nodes.keySet().iterator().next());
    }
  }

  /** The node that was named does not serve it. */
  public synchronized void forget(String session) {
    nodes.remove(session);
  }
}
