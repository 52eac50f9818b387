package io.cipherstream.server.api;

import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.inference.InferenceSocket;
import io.cipherstream.server.session.Session;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Upgrades requests to inference sockets and knows those that are open. */
public final class Inferences {

  private final InferenceServices services;
  private final Set<InferenceSocket> open = ConcurrentHashMap.newKeySet();

  public Inferences(InferenceServices services) {
    this.services = services;
  }

  void upgrade(RoutingContext ctx, Session session) {
    services.catalog().requireReady();
    HttpServerRequest request = ctx.request();
    Context context = Vertx.currentContext();
    request
        .toWebSocket()
        .onSuccess(socket -> opened(context, request, socket, session))
        .onFailure(ctx::fail);
  }

  private void opened(
      Context context, HttpServerRequest request, ServerWebSocket socket, Session session) {
    InferenceSocket inferences =
        new InferenceSocket(
            services, context, socket, () -> Connections.abort(request.connection()), session);
    open.add(inferences);
    inferences.open(() -> open.remove(inferences));
  }

  /** Sockets that are open now. */
  public Collection<InferenceSocket> open() {
    return List.copyOf(open);
  }
}
