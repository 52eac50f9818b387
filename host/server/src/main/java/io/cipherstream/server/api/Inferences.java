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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Upgrades requests to inference sockets and knows those that are open. */
public final class Inferences {

  private final InferenceServices services;
  private final ApiKeys apiKeys;
  private final Connections connections;
  private final Map<InferenceSocket, Opened> open = new ConcurrentHashMap<>();

  /** How a socket was opened. */
  private record Opened(String tenant, String authorization) {}

  public Inferences(InferenceServices services, ApiKeys apiKeys, Connections connections) {
    this.services = services;
    this.apiKeys = apiKeys;
    this.connections = connections;
  }

  void upgrade(RoutingContext ctx, Session session) {
    services.catalog().requireReady();
    UpgradeCheck.check(ctx);
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
    connections.upgraded(request.connection());
    Opened how = new Opened(session.tenant(), String.valueOf(request.getHeader("Authorization")));
    open.put(inferences, how);
    inferences.open(() -> open.remove(inferences));
    if (isRevoked(how)) { // while the connection was upgraded
      inferences.revoke();
    }
  }

  /** Closes the sockets whose API key no longer counts; says how many. */
  public int closeRevoked() {
    List<InferenceSocket> revoked =
        open.entrySet().stream()
            .filter(each -> isRevoked(each.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    revoked.forEach(InferenceSocket::revoke);
    return revoked.size();
  }

  private boolean isRevoked(Opened how) {
    return !apiKeys.stillCounts(how.authorization, how.tenant);
  }

  /** Ends the sockets of a session that was removed, and what runs on them. */
  public void sessionRemoved(Session session) {
    open.keySet().forEach(socket -> socket.sessionRemoved(session));
  }

  /** Whether an inference runs or its result is still being sent. */
  public boolean isBusy() {
    return open.keySet().stream().anyMatch(InferenceSocket::isBusy);
  }

  /** Sockets that are open now. */
  public Collection<InferenceSocket> open() {
    return List.copyOf(open.keySet());
  }
}
