package io.cipherstream.sim;

import io.cipherstream.engine.ComputeEngine;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.opencl.CardOptions;
import io.cipherstream.server.metrics.EngineMetrics;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.transformer.FallbackRun;
import io.cipherstream.transformer.SmallModel;
import java.util.List;
import java.util.Optional;

/**
 * The small model's encrypted sentence as an appliance computes it: on the engine, with SEAL behind
 * it; every reply's words are compared with SEAL's. Prints whether SEAL took over, what had failed,
 * and the engine's metrics.
 */
final class SmallModelTrial {

  private SmallModelTrial() {}

  /** Arguments: seed, engine, share of programs that are computed again on SEAL. */
  public static void main(String[] arguments) {
    EngineSettings settings =
        new EngineSettings(
            EngineSpec.parse(arguments[1]),
            Optional.empty(),
            1,
            0,
            EngineSettings.RESIDENT_BYTES_DEFAULT,
            Double.parseDouble(arguments[2]),
            Optional.empty(),
            CardOptions.DEFAULTS);
    try (ServerMetrics metrics = new ServerMetrics();
        ComputeEngine compute =
            Engines.open(SmallModel.parameters(), settings, new EngineMetrics(metrics));
        ComputeEngine.Use use = compute.use().orElseThrow()) {
      FallbackRun.Primary primary =
          new FallbackRun.Primary(
              use.evaluator(),
              failure -> {
                CardTrial.print(failure);
                use.failed(failure);
              },
              () -> {});
      List<Boolean> fallen = SmallModel.fallen(Long.parseLong(arguments[0]), List.of(primary));
      System.out.println("same words, SEAL took over: " + fallen.get(0));
      metrics.scrape().lines().filter(l -> l.startsWith("he_engine_")).forEach(System.out::println);
    }
    System.exit(0);
  }
}
