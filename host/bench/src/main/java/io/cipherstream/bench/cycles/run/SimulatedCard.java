package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.report.CycleMeasurement.Counts;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Simulation;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchException.Kind;
import io.cipherstream.engine.DeviceImages;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.opencl.CardOptions;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import java.nio.file.Path;

/** One configuration's simulated card, open for one ring. */
final class SimulatedCard implements AutoCloseable {

  private final OpenClEngine engine;
  private final PortStatistics ports;

  /**
   * @throws io.cipherstream.ring.EngineException if the image is missing or the platform is not
   *     among OpenCL's
   * @throws BenchException of kind ENGINE if the image was not made from that configuration, or has
   *     no clock
   */
  SimulatedCard(CoreConfiguration configuration, LimbRing ring, SimulationSettings settings) {
    EngineSpec spec = new EngineSpec(EngineSpec.Kind.SIM, configuration.name());
    EngineSettings options = EngineSettings.of(spec).with(CardOptions.DEFAULTS);
    this.engine = (OpenClEngine) Engines.limb(spec, ring, options);
    this.ports = new PortStatistics(settings.statistics());
    try {
      check(configuration);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private static void check(CoreConfiguration configuration) {
    Path manifest =
        Path.of(
            System.getProperty(DeviceImages.PROPERTY, ""),
            ImageManifest.SIMULATION,
            configuration.name(),
            "manifest.json");
    if (!configuration.made(CoreConfiguration.tree(manifest))) {
      throw new BenchException(
          Kind.ENGINE,
          "the image of "
              + configuration.name()
              + " was made from another configuration.json: './cipherstream bitstream build "
              + configuration.name()
              + "' makes it again");
    }
  }

  String rtlDigest() {
    return engine.image().orElseThrow().rtlDigest();
  }

  /** Runs a program and compares its results. */
  Simulation run(LimbProgram program, ProgramRun expected) {
    CoreActivity before = engine.activity().orElseThrow();
    ports.skip();
    long started = System.nanoTime();
    ProgramRun run = ProgramRun.of(engine, program);
    double seconds = (System.nanoTime() - started) / 1e9;
    CoreActivity after = engine.activity().orElseThrow();
    Counts counts =
        new Counts(
            after.cycles() - before.cycles(),
            after.butterflyRows() - before.butterflyRows(),
            after.productRows() - before.productRows(),
            ports.next());
    if (counts.cycles() == 0) {
      throw new BenchException(
          Kind.ENGINE, engine.image().orElseThrow() + " counts no cycles: its model has no clock");
    }
    return new Simulation(counts, run.words(), run.equals(expected), seconds);
  }

  @Override
  public void close() {
    engine.close();
  }
}
