package io.cipherstream.bench.cycles.run;

import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.opencl.CardOptions;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.EngineConformance;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;

/** Random limb programs on a simulated card, compared with the interpreter. */
public final class ConformanceRun {

  private static final int MODULI = 4;
  private static final long MEMORY_BYTES_MAX = 4L << 30;

  private ConformanceRun() {}

  /**
   * What was compared and what it took.
   *
   * @param activity cycles of all cores
   * @param counters of the card's engine
   * @param seconds of the simulation, comparison included
   */
  public record Outcome(
      EngineConformance.Report report,
      CoreActivity activity,
      EngineCounters counters,
      ImageManifest image,
      double seconds) {}

  /**
   * Runs programs until so many instructions have run.
   *
   * @param bits length of the moduli
   * @param listener hears of a program that differs
   * @throws io.cipherstream.ring.EngineException of kind MISMATCH if a word differs
   */
  public static Outcome of(
      EngineSpec spec,
      int degree,
      int bits,
      int instructions,
      long seed,
      EngineConformance.DifferenceListener listener) {
    LimbRing ring = RandomPrograms.ring(seed, degree, MODULI, bits);
    CardMeter meter = new CardMeter();
    EngineSettings settings =
        EngineSettings.of(spec).with(CardOptions.DEFAULTS.withListener(meter));
    long started = System.nanoTime();
    try (OpenClEngine card = (OpenClEngine) Engines.limb(spec, ring, settings);
        JavaEngine oracle = new JavaEngine(ring, MEMORY_BYTES_MAX)) {
      EngineConformance.Report report =
          EngineConformance.run(card, oracle, seed, instructions, listener);
      double seconds = (System.nanoTime() - started) / 1e9;
      return new Outcome(
          report, meter.total(), card.counters(), card.image().orElseThrow(), seconds);
    }
  }
}
