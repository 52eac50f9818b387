package io.cipherstream.server;

import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.files.OwnerOnly;
import io.cipherstream.server.api.ApiKeys;
import io.cipherstream.server.api.ApiServices;
import io.cipherstream.server.api.Connections;
import io.cipherstream.server.api.Inferences;
import io.cipherstream.server.api.RateLimits;
import io.cipherstream.server.api.SessionSender;
import io.cipherstream.server.api.TryPage;
import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.MemoryPlan;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.inference.Admission;
import io.cipherstream.server.inference.AnswerBudget;
import io.cipherstream.server.inference.FairScheduler;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.inference.WorkPools;
import io.cipherstream.server.jobs.Jobs;
import io.cipherstream.server.metrics.EngineMetrics;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.RefusalLog;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.serving.ModelLoader;
import io.cipherstream.server.serving.ModelShelf;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.KeyCache;
import io.cipherstream.server.session.KeyFiles;
import io.cipherstream.server.session.PartialUploads;
import io.cipherstream.server.session.SessionMoves;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.session.SessionStore;
import io.cipherstream.server.session.UploadQuota;
import io.cipherstream.server.storage.FolderLock;
import io.cipherstream.server.storage.StoreVersion;
import io.cipherstream.server.tenant.AuditLog;
import io.cipherstream.server.tenant.Quotas;
import io.cipherstream.server.tenant.TenantUsage;
import io.cipherstream.server.tracks.TrackRegistry;
import io.cipherstream.trace.Spans;
import io.cipherstream.trace.Traces;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running appliance. It first listens and then loads its models, so that health can be queried
 * from the start. It is ready when every model is encoded and warm.
 */
public final class Appliance {

  private static final Logger LOG = LoggerFactory.getLogger(Appliance.class);
  private static final long SWEEP_MILLIS = 60_000;
  private static final long CONNECTION_SWEEP_MILLIS = 1000;
  private static final long DIRECT_MEMORY_MILLIS = 1000;
  private static final long DRAIN_POLL_MILLIS = 100;

  private final FolderLock lock;
  private final Vertx vertx;
  private final Limits limits;
  private final ModelLoader loader;
  private final ModelCatalog catalog = new ModelCatalog();
  private final ServerMetrics metrics = new ServerMetrics();
  private final Quotas quotas;
  private final AuditLog audit;
  private final SessionRegistry registry;
  private final Housekeeping housekeeping;
  private final MemoryPlan memory;
  private final KeyCache keyCache;
  private final DirectMemory directMemory;
  private final Admission admission;
  private final AnswerBudget answers;
  private final FairScheduler scheduler;
  private final ExecutorService steps;
  private final WorkPools pools;
  private final Listeners listeners;
  private final Inferences inferences;
  private final ApiServices api;
  private final @Nullable TlsIdentity tls;
  private final Reload reload;
  private final String host;
  private final Path dataDirectory;
  private final @Nullable Cluster cluster;
  private final @Nullable SessionSender sender;
  private final Promise<Void> ready = Promise.promise();

  private Appliance(
      Vertx vertx, ServerConfig config, ModelLoader loader, Traces traces, FolderLock lock)
      throws IOException {
    this.lock = lock;
    this.vertx = vertx;
    this.limits = config.limits();
    this.loader = loader;
    loader.observe(this::operations, new EngineMetrics(metrics));
    loader.onLeftOut(catalog::leaveOut);
    this.host = config.bind().host();
    this.dataDirectory = config.dataDirectory();
    this.tls = TlsIdentity.of(vertx, config).orElse(null);
    SessionStore store = new SessionStore(config.dataDirectory());
    List<ServerConfig.Tenant> tenants = Tenants.of(config);
    this.quotas = new Quotas(limits, tenants);
    TenantUsage usage =
        new TenantUsage(dataDirectory.resolve("usage"), quotas, metrics, InstantSource.system());
    this.audit = new AuditLog(dataDirectory.resolve("audit"), limits.auditDays());
    this.registry = new SessionRegistry(store, limits, quotas, Clock.systemUTC());
    this.memory = MemoryPlan.of(config);
    this.keyCache =
        new KeyCache(
            memory.keyBytes(),
            memory.keyBytesPerTenant(),
            task -> vertx.executeBlocking(Executors.callable(task), false));
    this.admission = new Admission(limits, quotas, memory);
    this.answers =
        new AnswerBudget(
            config.dataDirectory().resolve("answers.json"),
            limits.sealedAnswersPerTenantPerDayMax(),
            InstantSource.system(),
            metrics);
    int slots = config.compute().stepsAtOnce();
    this.steps = Executors.newFixedThreadPool(slots, task -> new Thread(task, "step"));
    this.scheduler = new FairScheduler(steps, slots);
    this.pools = WorkPools.of(vertx, config.compute().effectiveThreads());
    registry.restore();
    TrackRegistry tracks =
        new TrackRegistry(
            config.dataDirectory(),
            limits,
            quotas,
            Clock.systemUTC(),
            PooledByteBufAllocator.DEFAULT);
    Jobs jobs = new Jobs(config.dataDirectory(), limits, InstantSource.system());
    InferenceServices shared =
        new InferenceServices(
            vertx,
            limits,
            catalog,
            registry,
            new KeyFiles(store, PooledByteBufAllocator.DEFAULT),
            keyCache,
            tracks,
            jobs,
            admission,
            answers,
            quotas,
            usage,
            audit,
            scheduler,
            pools,
            new RefusalLog(limits.refusalLogLinesPerSecondMax()),
            metrics,
            new Spans(traces.telemetry()),
            PooledByteBufAllocator.DEFAULT);
    this.cluster = Cluster.of(vertx, config).orElse(null);
    this.listeners = new Listeners(vertx, config, tls, cluster);
    Connections connections = listeners.connections();
    ApiKeys apiKeys = new ApiKeys(tenants, InstantSource.system());
    this.inferences =
        new Inferences(shared, apiKeys, connections, cluster == null ? "" : cluster.tag());
    this.reload = new Reload(config, apiKeys, quotas, inferences, tls);
    UploadQuota quota = new UploadQuota(registry, limits, quotas);
    PartialUploads partials = new PartialUploads(limits, quota, InstantSource.system());
    SessionMoves moves = new SessionMoves(store, registry, quotas, InstantSource.system());
    this.sender = cluster == null ? null : new SessionSender(vertx, cluster, moves, metrics);
    this.housekeeping =
        new Housekeeping(registry, moves, tracks, partials, jobs, usage, dataDirectory);
    registry.onRemoved(
        session -> {
          keyCache.drop(session.id());
          partials.sessionRemoved(session);
          inferences.sessionRemoved(session);
        });
    this.api =
        new ApiServices(
            config,
            ServerVersion.CURRENT,
            shared,
            inferences,
            store,
            quota,
            partials,
            moves,
            connections,
            apiKeys,
            new RateLimits(limits),
            new TryPage(config.tryPage()),
            cluster);
    this.directMemory =
        new DirectMemory(
            () ->
                weightBytes()
                    + memory.engineBytes()
                    + admission.bytes()
                    + memory.reserveBytes() / 2);
    ApplianceGauges.add(
        shared, memory, connections, this::weightBytes, dataDirectory, tls, cluster);
  }

  /**
   * Starts to listen; the future completes then. Blocks shortly to read the data directory.
   *
   * @param vertx made by {@link io.cipherstream.server.api.Acceptance#vertx}; stays the caller's
   * @param traces where the spans of inferences go, as those of Vert.x; stays the caller's
   */
  public static Future<Appliance> start(
      Vertx vertx, ServerConfig config, ModelLoader loader, Traces traces) {
    FolderLock lock;
    try {
      OwnerOnly.createFolders(config.dataDirectory());
      lock = FolderLock.of(config.dataDirectory());
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    Appliance appliance;
    try {
      StoreVersion.require(config.dataDirectory());
      appliance = new Appliance(vertx, config, loader, traces, lock);
    } catch (IOException | RuntimeException e) {
      unlock(lock);
      return Future.failedFuture(e);
    }
    return appliance.listen().onFailure(e -> unlock(lock)).map(appliance);
  }

  private static void unlock(FolderLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("the data directory could not be given up", e);
    }
  }

  private Future<?> listen() {
    ModelShelf shelf = new ModelShelf(loader, catalog, this::loaded);
    return listeners
        .open(api, shelf, memory)
        .onSuccess(
            open -> {
              vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
              vertx.setPeriodic(CONNECTION_SWEEP_MILLIS, timer -> listeners.sweep());
              vertx.setPeriodic(DIRECT_MEMORY_MILLIS, timer -> directMemory.check());
              loadModels();
            });
  }

  private void loadModels() {
    Thread thread =
        new Thread(
            () -> {
              try {
                loader.load(this::loaded, catalog::progress);
                (cluster == null ? Future.<Void>succeededFuture() : cluster.joined())
                    .onSuccess(
                        joined -> {
                          catalog.markReady();
                          ready.complete();
                        });
              } catch (RuntimeException | Error e) {
                catalog.progress("failed: " + e.getMessage());
                ready.fail(e);
              }
            },
            "model-loader");
    thread.setDaemon(true);
    thread.start();
  }

  private void loaded(ServedModel model) {
    metrics.knownModel(model.name(), model.version());
    catalog.add(model);
  }

  private OperationObserver operations(String engine) {
    metrics.knownEngine(engine, EngineMetrics.reasons());
    return metrics.operations(engine);
  }

  /** Completes when all models are warm; fails if one cannot be loaded. */
  public Future<Void> whenReady() {
    return ready.future();
  }

  /** The port it listens on. */
  public int port() {
    return listeners.port();
  }

  /** The port of the health listener; -1 if there is none. */
  int healthPort() {
    return listeners.healthPort();
  }

  /** The port of the administration; -1 if there is none. */
  int adminPort() {
    return listeners.adminPort();
  }

  /** Open TCP connections. */
  int connections() {
    return listeners.connections().count();
  }

  /** The address for clients. */
  public String url() {
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return (tls == null ? "http" : "https") + "://" + shown + ":" + port();
  }

  /** SHA-256 of the certificate, or null for plain HTTP. */
  public @Nullable String certificateSha256() {
    return tls == null ? null : tls.sha256();
  }

  /**
   * Takes over API keys and certificate from a configuration that was read again.
   *
   * @throws IOException or {@link RuntimeException} if something is wrong; then nothing changes
   */
  public void reload(ServerConfig fresh) throws IOException {
    reload.apply(fresh);
  }

  /**
   * Refuses new inferences, waits for the running ones, gives its sessions to other nodes of its
   * cluster, then closes everything.
   */
  public Future<Void> stop() {
    LOG.info("stopping; {} inferences are running", admission.active());
    catalog.markStopping(limits.retryAfterSeconds());
    admission.drain();
    long deadline = System.nanoTime() + limits.drainSeconds() * 1_000_000_000L;
    SessionSender toOthers = sender;
    return drained(deadline)
        .compose(
            v -> toOthers == null ? Future.<Void>succeededFuture() : toOthers.sendAll(deadline))
        .compose(
            v -> {
              inferences.shutDown();
              return cluster == null
                  ? Future.<Void>succeededFuture()
                  : cluster.close().otherwiseEmpty();
            })
        .compose(
            v -> {
              return Future.join(
                      vertx.deploymentIDs().stream().map(id -> vertx.undeploy(id)).toList())
                  .otherwiseEmpty();
            })
        .compose(v -> vertx.executeBlocking(this::closeAll, false))
        .onComplete(closed -> unlock(lock));
  }

  private Future<Void> drained(long deadline) {
    boolean done = admission.active() == 0 && !inferences.isBusy();
    if (done || System.nanoTime() > deadline) {
      return Future.succeededFuture();
    }
    return vertx.timer(DRAIN_POLL_MILLIS, TimeUnit.MILLISECONDS).compose(v -> drained(deadline));
  }

  private @Nullable Void closeAll() throws Exception {
    registry.close();
    answers.close();
    housekeeping.storeUsage();
    audit.close();
    steps.shutdown();
    if (!steps.awaitTermination(limits.drainSeconds(), TimeUnit.SECONDS)) {
      LOG.warn("a step is still running after {} s", limits.drainSeconds());
      return null;
    }
    pools.close();
    keyCache.close();
    catalog.close();
    metrics.close();
    return null;
  }

  private void sweep() {
    vertx.executeBlocking(Executors.callable((Runnable) housekeeping::sweep), false);
    inferences.closeRevoked();
  }

  private long weightBytes() {
    return catalog.all().stream().mapToLong(ServedModel::weightBytes).sum();
  }
}
