package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.RandomPrograms;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Interpreter = OpenCL, word for word, on random programs with edge words. */
class RandomProgramsTest {

  private static final long SEED = Long.getLong("seed", 20261122);
  private static final OpenClDevice DEVICE = OpenClPlatforms.select("opencl:pocl");

  record Case(String kernels, int degree, int bits, int instructions) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("u64-limb", 1024, 61, 500),
        new Case("f64-limb", 1024, 50, 500),
        new Case("u32-limb", 1024, 31, 500),
        new Case("u64-group11", 1024, 61, 500),
        new Case("f64-group10", 4096, 50, 200),
        new Case("u32-group11", 16384, 31, 200),
        new Case("f64-limb", 8192, 50, 500),
        new Case("u64-limb", 16384, 61, 200));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheInterpreter(Case c) {
    LimbRing ring = RandomPrograms.ring(SEED, c.degree(), 3, c.bits());
    OpenClOptions options =
        OpenClOptions.DEFAULTS.withKernels(c.kernels()).withMemoryBytesMax(256 << 20);
    try (LimbEngine java = new JavaEngine(ring, 1L << 30);
        LimbEngine engine = OpenClEngine.open(DEVICE, ring, options)) {
      RandomPrograms programs = new RandomPrograms(SEED, ring);
      for (int done = 0; done < c.instructions(); done += 50) {
        LimbProgram program = programs.next(50);
        List<long[]> expected = programs.data(program);
        List<long[]> got = Runs.copies(expected);
        ProgramResult wanted = Runs.on(java, program, expected);
        ProgramResult result = Runs.on(engine, program, got);
        assertThat(result.zeroWords())
            .as("%s, %s, seed %d", program, c, SEED)
            .isEqualTo(wanted.zeroWords());
        for (int i = 0; i < got.size(); i++) {
          assertThat(got.get(i))
              .as("%s, argument %d, %s, seed %d", program, i, c, SEED)
              .isEqualTo(expected.get(i));
        }
      }
    }
  }
}
