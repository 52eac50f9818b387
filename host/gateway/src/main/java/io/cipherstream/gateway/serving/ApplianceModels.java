package io.cipherstream.gateway.serving;

import io.cipherstream.client.ClientOptions;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import io.cipherstream.trace.Spans;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The models of one or several appliances. */
public final class ApplianceModels implements AutoCloseable {

  private static final long KEY_CHECK_HOURS = 1;

  private final List<ApplianceLink> links = new ArrayList<>();
  private final List<ApplianceModel> models = new ArrayList<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "gateway-keys");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Begins to reach the appliances; the models are ready some time later.
   *
   * @param names the models; the first questions of each go to the appliance at its own place
   * @param appliances at least one; each of them serves all models
   * @param spans makes those of waiting and answering, in the spans of requests
   */
  public ApplianceModels(
      List<String> names,
      List<ClientOptions> appliances,
      ServingOptions options,
      GatewayLog log,
      GatewayMetrics metrics,
      Spans spans) {
    KeyRotation keys = new KeyRotation(appliances, options.keyAge(), log, metrics);
    for (ClientOptions appliance : appliances) {
      links.add(new ApplianceLink(appliance, options.healthEvery(), log, metrics));
    }
    for (int i = 0; i < names.size(); i++) {
      models.add(
          new ApplianceModel(
              names.get(i), links, i % links.size(), options, keys, log, metrics, spans));
    }
    keys.check(Instant.now());
    var unused =
        clock.scheduleWithFixedDelay(
            () -> keys.check(Instant.now()), KEY_CHECK_HOURS, KEY_CHECK_HOURS, TimeUnit.HOURS);
    links.forEach(ApplianceLink::start);
    models.forEach(ApplianceModel::start);
  }

  public ModelDirectory directory() {
    return new ModelDirectory(models);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    models.forEach(ApplianceModel::close);
    links.forEach(ApplianceLink::close);
  }
}
