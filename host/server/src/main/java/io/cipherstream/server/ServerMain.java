package io.cipherstream.server;

import io.cipherstream.ring.EngineException;
import io.cipherstream.server.api.Acceptance;
import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.MemoryPlan;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.serving.NoModelException;
import io.cipherstream.server.serving.RepositoryLoader;
import io.cipherstream.trace.Traces;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The appliance's process. Standard output carries one JSON line when it listens and one when it is
 * ready; logs go to standard error. Exit codes: 0 stopped, 1 failed, 2 wrong usage or
 * configuration.
 */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = ServerMain.Version.class,
    sortOptions = false,
    description = "Serve encrypted inference until told to stop.")
public final class ServerMain implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServerMain.class);
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final long WATCH_MILLIS = 2000;

  @Option(names = "--config", paramLabel = "FILE", description = "Configuration, YAML or JSON.")
  private @Nullable Path config;

  @Option(names = "--host", description = "Address to listen on (default 127.0.0.1).")
  private @Nullable String host;

  @Option(names = "--port", description = "TCP port; 0 for any free one (default 8443).")
  private @Nullable Integer port;

  @Option(names = "--data", paramLabel = "DIR", description = "Sessions, keys, certificate.")
  private @Nullable Path data;

  @Option(names = "--models", paramLabel = "DIR", description = "Folder of model packages.")
  private List<Path> models = List.of();

  @Option(names = "--model", paramLabel = "NAME", description = "Serve only this; repeatable.")
  private List<String> names = List.of();

  @Option(
      names = "--engine",
      paramLabel = "E",
      description =
          "Engine: auto (default), seal, seal-limb, java, opencl[:platform[/device]],"
              + " sim[:configuration].")
  private @Nullable String engine;

  @Option(names = "--plain-http", description = "No TLS; only on a loopback address.")
  private boolean plainHttp;

  @Option(
      names = "--generate-api-key",
      description = "Write an API key for tenant 'default' to DIR/api-key.")
  private boolean generateApiKey;

  @Option(
      names = "--stop-with-stdin",
      description = "Stop when standard input ends, so as not to outlive the parent process.")
  private boolean stopWithStdin;

  @Option(
      names = "--set",
      paramLabel = "MEMBER=VALUE",
      description = "Any member of the configuration, as in limits.connectionsMax=100.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      description = "Receiver of traces, OTLP over HTTP, as in http://127.0.0.1:4318; none.")
  private @Nullable String otlpEndpoint;

  @Option(names = "--json", description = "Log in JSON.")
  private boolean json;

  /** The version for {@code --version}. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"cipherstream appliance " + ServerVersion.CURRENT};
    }
  }

  /** Exit code of the process after the stop hook; a failure that caused the end sets it. */
  private volatile int exitCode;

  private volatile Traces traces = Traces.off();

  public static void main(String[] args) {
    System.exit(new CommandLine(new ServerMain()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.configure(json);
    Hangup.onSignal(() -> LOG.info("SIGHUP before the appliance listens: nothing to reload yet"));
    ServerConfig loaded;
    try {
      loaded = configuration();
      LOG.info("memory: {}", MemoryPlan.of(loaded).text());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return USAGE;
    }
    try {
      serve(loaded);
      return exitCode;
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e : e.getCause());
    } catch (IOException | RuntimeException | Error e) {
      return failed(e);
    }
  }

  private ServerConfig configuration() {
    return ConfigLoader.load(config, System.getenv(), overrides());
  }

  /** Warns if every user can read a configuration file with API keys. */
  private void checkModes(ServerConfig loaded) throws IOException {
    if (config != null && loaded.tenants().stream().anyMatch(ServerConfig.Tenant::holdsKey)) {
      FileModes.warnIfOthersMayRead(config, "API keys");
    }
  }

  /** Reads the configuration again when the file of tenants changes. */
  private static void watchTenants(Vertx vertx, ServerConfig loaded, Runnable reload) {
    if (loaded.tenantsFile() == null) {
      return;
    }
    FileWatch watch = new FileWatch(loaded.tenantsFile());
    vertx.setPeriodic(
        WATCH_MILLIS,
        timer ->
            vertx.executeBlocking(
                () -> {
                  if (watch.hasChanged()) {
                    reload.run();
                  }
                  return null;
                }));
  }

  /** One at a time, so that what was read last is what counts. */
  private synchronized void reload(Appliance appliance, StateFile state, ServiceManager manager) {
    manager.reloading();
    try {
      ServerConfig fresh = configuration();
      appliance.reload(fresh);
      checkModes(fresh);
      state.certificate(appliance.certificateSha256());
    } catch (IOException | RuntimeException e) {
      LOG.error("nothing was reloaded: {}", e.getMessage());
    } finally {
      manager.reloaded();
    }
  }

  /**
   * Reports the cause and returns the exit code. The code is also stored, since a stop hook ends
   * the process before a returned code would take effect.
   */
  private int failed(Throwable cause) {
    if (cause instanceof ConfigException
        || cause instanceof EngineException
        || cause instanceof NoModelException) {
      LOG.error("the appliance could not start: {}", cause.getMessage());
    } else {
      LOG.error("the appliance could not start", cause);
    }
    String said = cause.getMessage();
    System.err.println("cannot start: " + (said == null ? cause.toString() : said));
    exitCode = cause instanceof ConfigException ? USAGE : FAILED;
    return exitCode;
  }

  private void serve(ServerConfig loaded)
      throws InterruptedException, ExecutionException, IOException {
    checkModes(loaded);
    int threads = loaded.compute().effectiveThreads();
    ExecutorService workers = Executors.newFixedThreadPool(threads, ServerMain::worker);
    traces = Traces.to(loaded.otlpEndpoint(), "cipherstream-appliance", ServerVersion.CURRENT);
    Vertx vertx = Acceptance.vertx(new VertxOptions().setWorkerPoolSize(2 * threads + 2), traces);
    CountDownLatch stopped = new CountDownLatch(1);
    try (RepositoryLoader loader = new RepositoryLoader(loaded, workers);
        ServiceManager manager = new ServiceManager(System.getenv())) {
      Appliance appliance =
          Appliance.start(vertx, loaded, loader, traces)
              .toCompletionStage()
              .toCompletableFuture()
              .get();
      StateFile state =
          new StateFile(
              loaded.dataDirectory(),
              appliance.url(),
              appliance.certificateSha256(),
              appliance.adminPort());
      Thread hook = new Thread(() -> stopAndHalt(appliance, state, manager, stopped), "stop");
      Runtime.getRuntime().addShutdownHook(hook);
      Hangup.onSignal(() -> reload(appliance, state, manager));
      watchTenants(vertx, loaded, () -> reload(appliance, state, manager));
      manager.status("loading models");
      manager
          .signOfLifeMillis()
          .ifPresent(millis -> vertx.setPeriodic(millis, timer -> manager.alive()));
      try {
        System.out.println(state.event("listening"));
        if (stopWithStdin) {
          watchStdin();
        }
        appliance.whenReady().toCompletionStage().toCompletableFuture().get();
        System.out.println(state.event("ready"));
        manager.ready("serving at " + appliance.url());
      } catch (IOException | ExecutionException | RuntimeException | Error e) {
        if (remove(hook)) {
          stop(appliance, state, manager, stopped);
          throw e;
        }
      }
      stopped.await();
    } finally {
      workers.shutdown();
      vertx.close();
    }
  }

  /** False if the hook is already running, since the process was told to stop. */
  private static boolean remove(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Exits, which runs the stop hook, when the parent closes our standard input or dies. */
  private static void watchStdin() {
    Thread watcher =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is expected; only the end matters.
                }
              } catch (IOException e) {
                LOG.warn("standard input broke", e);
              }
              System.exit(0);
            },
            "stdin");
    watcher.setDaemon(true);
    watcher.start();
  }

  /**
   * On a signal: stops cleanly and exits with 0, which a JVM does not do by itself; or with another
   * code if a failure ends the process or the stop fails.
   */
  private void stopAndHalt(
      Appliance appliance, StateFile state, ServiceManager manager, CountDownLatch stopped) {
    stop(appliance, state, manager, stopped);
    Runtime.getRuntime().halt(exitCode);
  }

  private void stop(
      Appliance appliance, StateFile state, ServiceManager manager, CountDownLatch stopped) {
    manager.stopping();
    try {
      appliance.stop().toCompletionStage().toCompletableFuture().get(5, TimeUnit.MINUTES);
      state.delete();
      traces.close();
    } catch (Exception e) {
      LOG.error("stopping failed", e);
      exitCode = Math.max(exitCode, FAILED);
    } finally {
      stopped.countDown();
    }
  }

  private Map<String, String> overrides() {
    Map<String, String> all = new HashMap<>();
    put(all, "bind.host", host);
    put(all, "bind.port", port);
    put(all, "dataDirectory", data);
    if (!models.isEmpty()) {
      all.put("modelDirectories", list(models.stream().map(Path::toString).toList()));
    }
    if (!names.isEmpty()) {
      all.put("models", list(names));
    }
    put(all, "compute.engine", engine);
    put(all, "otlpEndpoint", otlpEndpoint);
    if (plainHttp) {
      all.put("tls.mode", "PLAIN_HTTP");
    }
    if (generateApiKey) {
      all.put("generateApiKey", "true");
    }
    all.putAll(settings);
    return all;
  }

  private static void put(Map<String, String> all, String member, @Nullable Object value) {
    if (value != null) {
      all.put(member, list(List.of(value.toString())).replaceAll("^\\[|]$", ""));
    }
  }

  /** A YAML flow sequence of quoted texts. */
  private static String list(List<String> values) {
    return values.stream()
        .map(v -> "\"" + v.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
        .toList()
        .toString();
  }

  private static Thread worker(Runnable task) {
    Thread thread = new Thread(task, "compute");
    thread.setDaemon(true);
    return thread;
  }
}
