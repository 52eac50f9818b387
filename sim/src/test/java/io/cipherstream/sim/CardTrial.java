package io.cipherstream.sim;

import io.cipherstream.opencl.CardOptions;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.EngineConformance;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Compares a simulated card with the interpreter on random programs, and opens it again once after
 * a failure. Prints a line an event: {@code same: …} with what ran, or {@code KIND: message}.
 */
final class CardTrial {

  private CardTrial() {}

  /** Arguments: image folder, degree, bits, instructions, moduli, seed. */
  public static void main(String[] arguments) {
    Path image = Path.of(arguments[0]);
    int instructions = Integer.parseInt(arguments[3]);
    long seed = Long.parseLong(arguments[5]);
    LimbRing ring =
        RandomPrograms.ring(
            seed,
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[2]));
    OpenClOptions options = options(image);
    if (!run(ring, options, seed, instructions)) {
      run(ring, options, seed, instructions);
    }
    System.exit(0);
  }

  /** A small pool, and patience for a machine that has other things to do. */
  static OpenClOptions options(Path image) {
    return OpenClOptions.DEFAULTS
        .withMemoryBytesMax(256 << 20)
        .withPatience(Duration.ofSeconds(60))
        .withCard(CardOptions.DEFAULTS.withImage(image));
  }

  private static boolean run(LimbRing ring, OpenClOptions options, long seed, int instructions) {
    try (OpenClEngine card = OpenClEngine.open("opencl:Cipherstream Simulation", ring, options);
        JavaEngine oracle = new JavaEngine(ring, 1L << 31)) {
      EngineConformance.Report report = EngineConformance.run(card, oracle, seed, instructions);
      System.out.println(
          "same: "
              + report
              + "; "
              + card.capabilities().device()
              + "; "
              + WorkDone.of(report, card.activity().orElseThrow()));
      return true;
    } catch (EngineException e) {
      print(e);
      return false;
    }
  }

  static void print(EngineException e) {
    System.out.println(e.kind() + ": " + String.valueOf(e.getMessage()).replace('\n', ' '));
  }
}
