package io.cipherstream.server.api;

import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.wire.WireVersions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Server metadata, health, metrics, the contract itself. */
final class SystemHandlers {

  private final ModelCatalog catalog;
  private final ApiKeys apiKeys;
  private final ServerMetrics metrics;
  private final TenantMetrics ofTenant;
  private final String version;
  private final Buffer contract;

  SystemHandlers(
      ModelCatalog catalog,
      ApiKeys apiKeys,
      ServerMetrics metrics,
      TenantMetrics ofTenant,
      String version,
      Buffer contract) {
    this.catalog = catalog;
    this.apiKeys = apiKeys;
    this.metrics = metrics;
    this.ofTenant = ofTenant;
    this.version = version;
    this.contract = contract;
  }

  void server(RoutingContext ctx) {
    Requests.json(
        ctx,
        200,
        new JsonObject()
            .put("name", "cipherstream")
            .put("version", version)
            .put("wireVersions", new JsonArray(WireVersions.SPOKEN))
            .put("extensions", new JsonArray().add("cipherstream-sessions")));
  }

  void live(RoutingContext ctx) {
    Requests.json(ctx, 200, new JsonObject().put("live", true));
  }

  void ready(RoutingContext ctx) {
    catalog.requireReady();
    Requests.json(ctx, 200, new JsonObject().put("ready", true));
  }

  /** An operator's scrape shows the whole appliance, a tenant's its own gauges. */
  void metrics(RoutingContext ctx) {
    String tenant = Requests.tenant(ctx);
    ctx.response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(apiKeys.isOperator(tenant) ? metrics.scrape() : ofTenant.scrape(tenant));
  }

  void contract(RoutingContext ctx) {
    ctx.response().putHeader("Content-Type", "application/yaml").end(contract);
  }
}
