package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Units;
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
import java.io.PrintWriter;
import java.util.Locale;

/** Random limb programs on a simulated card, compared with the interpreter. */
final class SimulatedPrograms {

  private static final int MODULI = 4;
  private static final long MEMORY_BYTES_MAX = 4L << 30;

  private SimulatedPrograms() {}

  static void run(
      EngineSpec spec,
      int degree,
      int bits,
      int instructions,
      long seed,
      PrintWriter out,
      boolean json) {
    LimbRing ring = RandomPrograms.ring(seed, degree, MODULI, bits);
    CardMeter meter = new CardMeter();
    EngineSettings settings =
        EngineSettings.of(spec).with(CardOptions.DEFAULTS.withListener(meter));
    long started = System.nanoTime();
    try (OpenClEngine card = (OpenClEngine) Engines.limb(spec, ring, settings);
        JavaEngine oracle = new JavaEngine(ring, MEMORY_BYTES_MAX)) {
      EngineConformance.Report report = EngineConformance.run(card, oracle, seed, instructions);
      double seconds = (System.nanoTime() - started) / 1e9;
      ImageManifest image = card.image().orElseThrow();
      print(report, meter.total(), card.counters(), image, seconds, out, json);
    }
  }

  private static void print(
      EngineConformance.Report report,
      CoreActivity a,
      EngineCounters counters,
      ImageManifest image,
      double seconds,
      PrintWriter out,
      boolean json) {
    if (json) {
      ObjectNode node = Json.object();
      node.put("image", image.name());
      node.put("report", report.toString());
      node.put("words", report.words());
      node.put("instructions", a.instructions());
      node.put("cycles", a.cycles());
      node.put("butterflyRows", a.butterflyRows());
      node.put("vectorBeats", a.vectorBeats());
      node.put("bothBusyCycles", a.bothBusyCycles());
      node.put("clockMhz", image.clockMhz());
      node.put("bytesUp", counters.bytesUp());
      node.put("bytesDown", counters.bytesDown());
      node.put("wallSeconds", seconds);
      Json.print(out, node);
      return;
    }
    out.println(image + ", P = " + image.parameters().lanes());
    out.println(report);
    out.printf(
        Locale.ROOT,
        "simulated   %,d cycles, %.6f s simulated time at the stated %.0f MHz%n",
        a.cycles(),
        a.cycles() / (image.clockMhz() * 1e6),
        image.clockMhz());
    out.printf(Locale.ROOT, "units       %s%n", CardMeter.utilisation(a));
    out.printf(
        Locale.ROOT,
        "moved       %s to the card, %s back%n",
        Units.bytes(counters.bytesUp()),
        Units.bytes(counters.bytesDown()));
    out.printf(Locale.ROOT, "took        %.1f s%n", seconds);
    out.flush();
  }
}
