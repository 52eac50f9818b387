package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cipherstream.server.api.Acceptance;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.serving.ModelLoader;
import io.cipherstream.trace.Traces;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * An appliance in this process on a free port, with a blocked-thread checker that is listened to.
 */
final class TestServer implements AutoCloseable {

  static final String KEY_A = "tenant-a-key-0123456789";
  static final String KEY_B = "tenant-b-key-0123456789";

  /** Of a tenant that is no operator. */
  static final String KEY_C = "tenant-c-key-0123456789";

  final Vertx vertx;
  final Appliance appliance;
  private final ListAppender<ILoggingEvent> blocked = new ListAppender<>();

  TestServer(Path data, ModelLoader loader, String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("bind.port", "0");
    all.put("tls.mode", "PLAIN_HTTP");
    all.put("dataDirectory", "'" + data + "'");
    all.put(
        "tenants",
        "[{name: a, apiKey: "
            + KEY_A
            + ", operator: true}, {name: b, apiKey: "
            + KEY_B
            + ", operator: true}, {name: c, apiKey: "
            + KEY_C
            + "}]");
    // Tests ask as fast as they can; RatesIT has the limits.
    all.put("limits.requestsPerTenantPerSecondMax", "100000");
    all.put("limits.sessionsPerTenantPerMinuteMax", "100000");
    all.put("limits.wrongKeysPerAddressPerMinuteMax", "100000");
    for (String setting : settings) {
      all.put(
          setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
    }
    ServerConfig config = ConfigLoader.load(null, Map.of(), all);
    VertxOptions options = new VertxOptions().setWorkerPoolSize(6);
    options
        .setBlockedThreadCheckInterval(100)
        .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
        .setMaxEventLoopExecuteTime(4000)
        .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS);
    ((Logger) LoggerFactory.getLogger("io.vertx.core.impl.BlockedThreadChecker"))
        .addAppender(blocked);
    blocked.start();
    vertx = Acceptance.vertx(options, Traces.off());
    appliance = await(Appliance.start(vertx, config, loader, Traces.off()));
    await(appliance.whenReady());
  }

  static TestServer loopback(Path data, LoopbackModel model, String... settings) {
    return new TestServer(data, (loaded, progress) -> loaded.accept(model), settings);
  }

  TestClient client(String apiKey) {
    return new TestClient(vertx, appliance.port(), apiKey);
  }

  static <T> T await(io.vertx.core.Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(appliance.stop());
    await(vertx.close());
    assertThat(blocked.list).as("event loops that were blocked").isEmpty();
  }
}
