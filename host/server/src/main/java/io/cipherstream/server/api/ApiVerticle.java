package io.cipherstream.server.api;

import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.serving.ModelCatalog;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.function.IntConsumer;

/** One HTTP server on one event loop; several share the port. */
public final class ApiVerticle extends VerticleBase {

  /** The contract on the class path. */
  public static final String CONTRACT = "openapi.yaml";

  private final ApiServices services;
  private final HttpServerOptions options;
  private final IntConsumer listening;
  private final Forwarding forwarding;

  /**
   * @param listening told the actual port
   */
  public ApiVerticle(ApiServices services, HttpServerOptions options, IntConsumer listening) {
    this.services = services;
    this.options = options;
    this.listening = listening;
    this.forwarding = new Forwarding(services.cluster(), services.inference(), false);
  }

  /** That for the other nodes of a cluster. */
  private ApiVerticle(ApiServices services, Cluster cluster) {
    this.services = services;
    this.options = cluster.listener();
    this.listening = port -> {};
    this.forwarding = new Forwarding(cluster, services.inference(), true);
  }

  /**
   * The server for the other nodes of a cluster: what they forward and ask, and their tunnels.
   *
   * @param counted counts its connections
   */
  public static ApiVerticle forNodes(ApiServices services, Cluster cluster, Connections counted) {
    return new ApiVerticle(services.with(counted), cluster);
  }

  @Override
  public Future<HttpServer> start() {
    return vertx
        .fileSystem()
        .readFile(CONTRACT)
        .compose(
            text ->
                RequestContract.load(vertx, text)
                    .compose(
                        contract -> {
                          ApiHandlers handlers = handlers(text);
                          return listen(
                              ApiRouter.create(vertx, contract, handlers),
                              new NodeHandlers(services, handlers.sessions()));
                        }));
  }

  private Future<HttpServer> listen(Router router, NodeHandlers nodes) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(services.connections()::established)
        .requestHandler(entrance(router, nodes))
        .listen()
        .onSuccess(server -> listening.accept(server.actualPort()));
  }

  private Handler<HttpServerRequest> entrance(Router router, NodeHandlers nodes) {
    TargetCheck check = new TargetCheck(router, services.inference().metrics());
    Cluster cluster = services.cluster();
    return request -> {
      if (cluster == null || !forwarding.fromNodes()) {
        check.handle(request);
      } else if (request.method().equals(HttpMethod.CONNECT)) {
        cluster.tunnel(request);
      } else if (NodeHandlers.owns(request)) {
        nodes.handle(request);
      } else {
        check.handle(request);
      }
    };
  }

  private ApiHandlers handlers(Buffer contract) {
    InferenceServices shared = services.inference();
    ModelCatalog catalog = shared.catalog();
    SessionView view = new SessionView(shared.registry(), shared.limits(), shared.quotas());
    RequestAudit audit = new RequestAudit(shared.audit());
    SessionHandlers sessions =
        new SessionHandlers(
            catalog,
            shared.registry(),
            shared.keyCache(),
            shared.pools().sessions(),
            services.rates(),
            shared.usage(),
            view,
            forwarding.tag());
    return new ApiHandlers(
        shared.limits(),
        services.connections(),
        services.apiKeys(),
        services.rates(),
        audit,
        new SystemHandlers(
            catalog,
            services.apiKeys(),
            shared.metrics(),
            new TenantMetrics(services),
            services.version(),
            contract),
        new ModelHandlers(vertx, catalog),
        sessions,
        new KeyUpload(
            vertx,
            shared.limits(),
            sessions,
            shared.registry(),
            services.store(),
            shared.keyFiles(),
            shared.keyCache(),
            services.quota(),
            services.partials(),
            shared.pools().keys(),
            shared.metrics(),
            shared.usage(),
            view),
        new TrackHandlers(shared, services.quota()),
        services.inferences(),
        new JobHandlers(shared),
        services.tryPage(),
        forwarding,
        new ProblemHandler(shared.metrics(), shared.refusals(), audit));
  }
}
