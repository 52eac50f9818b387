package io.cipherstream.seal;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksParameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Key switches at N = 32768 and 16 limbs with one special prime and with four, in turn; the figures
 * of docs/measurements.md. Argument: rounds.
 */
final class HybridMeasurements {

  private static final int LIMBS = 16;
  private static final int[] STEPS = {1, 2, 3, 4};

  private HybridMeasurements() {}

  /** One parameter set with its keys and operands. */
  private record Side(LimbPair pair, SealEvaluationKeys keys, Ciphertext a, Ciphertext square) {

    static Side of(CkksParameters set) {
      LimbPair pair = new LimbPair(set, SealEngine::new);
      Ciphertext a = pair.encrypt(LIMBS, 0x1p40).limb();
      long bytes = 2L * set.digits(LIMBS) * set.digitWords(LIMBS) * Long.BYTES;
      System.out.printf(Locale.ROOT, "%s: a key takes %d bytes%n", set, bytes);
      return new Side(pair, pair.keys(LIMBS, STEPS), a, pair.keep(pair.limb.multiply(a, a)));
    }

    /** Milliseconds until a result's words are here. */
    double time(Supplier<List<Ciphertext>> operation) {
      long begin = System.nanoTime();
      List<Ciphertext> results = operation.get();
      var unused = pair.words(results.get(results.size() - 1));
      double taken = (System.nanoTime() - begin) / 1e6;
      results.forEach(Ciphertext::close);
      return taken;
    }
  }

  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    List<Side> sides =
        List.of(Side.of(CkksParameters.N32768), Side.of(CkksParameters.N32768_SEALED));
    compare("rotate", rounds, sides, s -> List.of(s.pair.limb.rotate(s.a, 1, s.keys)));
    compare("relinearize", rounds, sides, s -> List.of(s.pair.limb.relinearize(s.square, s.keys)));
    compare("rotate by four steps", rounds, sides, s -> s.pair.limb.rotateAll(s.a, STEPS, s.keys));
    sides.forEach(s -> s.pair.close());
  }

  private interface Operation {
    List<Ciphertext> on(Side side);
  }

  private static void compare(String what, int rounds, List<Side> sides, Operation operation) {
    List<List<Double>> times = List.of(new ArrayList<>(), new ArrayList<>());
    for (int round = -2; round < rounds; round++) {
      for (int i = 0; i < 2; i++) {
        Side side = sides.get(i);
        double taken = side.time(() -> operation.on(side));
        if (round >= 0) {
          times.get(i).add(taken);
        }
      }
    }
    times.forEach(Collections::sort);
    System.out.printf(
        Locale.ROOT,
        "%s: median %.1f and %.1f ms, best %.1f and %.1f ms%n",
        what,
        times.get(0).get(rounds / 2),
        times.get(1).get(rounds / 2),
        times.get(0).get(0),
        times.get(1).get(0));
  }
}
