package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.bench.cycles.run.CardMeter;
import io.cipherstream.bench.cycles.run.ConformanceRun;
import io.cipherstream.cli.base.CoreWorkJson;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Units;
import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.EngineCounters;
import java.io.PrintWriter;
import java.util.Locale;

/** What {@code sim run} and {@code sim wave} print. */
final class ConformanceOutput {

  private ConformanceOutput() {}

  static void print(ConformanceRun.Outcome outcome, PrintWriter out, boolean json) {
    CoreActivity a = outcome.activity();
    ImageManifest image = outcome.image();
    EngineCounters counters = outcome.counters();
    if (json) {
      ObjectNode node = Json.object();
      node.put("image", image.name());
      node.put("report", outcome.report().toString());
      node.put("words", outcome.report().words());
      node.put("instructions", a.instructions());
      CoreWorkJson.put(node, a.work());
      node.put("clockMhz", image.clockMhz());
      node.put("bytesUp", counters.bytesUp());
      node.put("bytesDown", counters.bytesDown());
      node.put("wallSeconds", outcome.seconds());
      Json.print(out, node);
      return;
    }
    out.println(image + ", " + image.core());
    out.println(outcome.report());
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
    out.printf(Locale.ROOT, "took        %.1f s%n", outcome.seconds());
    out.flush();
  }
}
