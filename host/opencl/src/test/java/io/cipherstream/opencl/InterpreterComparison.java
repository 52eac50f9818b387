package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Runs;
import java.util.List;

/** Runs random programs on an engine and on the interpreter. */
final class InterpreterComparison {

  private InterpreterComparison() {}

  /** Asserts that all words and zero counts are the same. */
  static void sameWords(OpenClEngine engine, long seed, int instructions, int perProgram) {
    LimbRing ring = engine.ring();
    try (LimbEngine java = new JavaEngine(ring, 1L << 31)) {
      RandomPrograms programs = new RandomPrograms(seed, ring);
      for (int done = 0; done < instructions; done += perProgram) {
        LimbProgram program = programs.next(perProgram);
        List<long[]> expected = programs.data(program);
        List<long[]> got = Runs.copies(expected);
        ProgramResult wanted = Runs.on(java, program, expected);
        ProgramResult result = Runs.on(engine, program, got);
        assertThat(result.zeroWords())
            .as("zeros of %s, kernels %s, %s, seed %d", program, engine.kernels(), ring, seed)
            .isEqualTo(wanted.zeroWords());
        for (int i = 0; i < got.size(); i++) {
          assertThat(got.get(i))
              .as(
                  "%s, argument %d, kernels %s, %s, seed %d",
                  program, i, engine.kernels(), ring, seed)
              .isEqualTo(expected.get(i));
        }
      }
    }
  }
}
