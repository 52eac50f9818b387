package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Runs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs programs on engines and compares what they leave behind. */
final class EngineRuns {

  private EngineRuns() {}

  /** The test's seed, printed. */
  static long seed() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("test.seed=" + seed);
    return seed;
  }

  /** A ring with one random modulus of each bit length. */
  static LimbRing ring(long seed, int degree, int... bits) {
    List<Modulus> moduli = new ArrayList<>();
    for (int b : bits) {
      Modulus q;
      do {
        q = RandomPrograms.ring(seed++, degree, 1, b).modulus(0);
      } while (moduli.contains(q));
      moduli.add(q);
    }
    return new LimbRing(degree, moduli);
  }

  /** Every way an operand of that degree can be repeated, none included. */
  static List<Repeat> repeats(int degree) {
    List<Repeat> repeats = new ArrayList<>(List.of(Repeat.NONE));
    for (boolean mirrored : new boolean[] {false, true}) {
      for (int shift = 0; new Repeat(shift, mirrored).words(degree) >= 8; shift++) {
        repeats.add(new Repeat(shift, mirrored));
      }
    }
    return repeats;
  }

  /** The repeat of a single line. */
  static Repeat line(int degree) {
    return new Repeat(Integer.numberOfTrailingZeros(degree) - 3, false);
  }

  /** What the arguments hold and what was reported after a program. */
  record Outcome(List<long[]> words, ProgramResult result) {}

  static Outcome run(LimbEngine engine, LimbProgram program, List<long[]> data) {
    List<long[]> words = Runs.copies(data);
    ProgramResult result = Runs.on(engine, program, words);
    return new Outcome(words, result);
  }

  /** Compares SEAL's engine, on all kernels that this processor runs, with the interpreter. */
  static void compare(LimbRing ring, LimbProgram program, List<long[]> data) {
    try (LimbEngine java = new JavaEngine(ring, 1L << 30)) {
      Outcome expected = run(java, program, data);
      for (Kernels kernels : Kernels.available()) {
        try (LimbEngine engine = withKernels(ring, kernels)) {
          assertSame(kernels.label(), program, expected, run(engine, program, data));
        }
      }
    }
  }

  /** On these kernels, in one thread. */
  static SealEngine withKernels(LimbRing ring, Kernels kernels) {
    return new SealEngine(ring, Long.MAX_VALUE, null, 1, kernels);
  }

  static void assertSame(String what, LimbProgram program, Outcome expected, Outcome actual) {
    for (int i = 0; i < expected.words().size(); i++) {
      int at = Arrays.mismatch(expected.words().get(i), actual.words().get(i));
      if (at >= 0) {
        assertThat(actual.words().get(i)[at])
            .as(
                "%s, %s, word %d of argument %s",
                what, program, at, program.arguments().get(i).name())
            .isEqualTo(expected.words().get(i)[at]);
      }
    }
    assertThat(actual.result().zeroWords())
        .as("%s, %s, zeros", what, program)
        .isEqualTo(expected.result().zeroWords());
  }
}
