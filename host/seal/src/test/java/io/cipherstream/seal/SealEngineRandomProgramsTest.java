package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.seal.EngineRuns.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kernel set and several threads leave the interpreter's words behind. */
@Tag("native")
class SealEngineRandomProgramsTest {

  private static final long MEMORY = 1L << 30;

  private static ExecutorService workers;
  private static int total;

  @BeforeAll
  static void open() {
    workers = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void report() {
    workers.shutdownNow();
    System.out.println(total + " random instructions compared on each engine");
  }

  @ParameterizedTest
  @CsvSource({
    "16, 20000, 200",
    "32, 10000, 200",
    "64, 5000, 200",
    "128, 5000, 200",
    "1024, 20000, 400",
    "2048, 5000, 200",
    "4096, 3000, 100",
    "8192, 3000, 60",
    "16384, 1000, 50",
    "32768, 600, 30",
    "65536, 200, 20"
  })
  void sameWordsAsTheInterpreter(int degree, int instructions, int each) {
    long seed = EngineRuns.seed();
    // Primes of the IFMA and AVX2 kernels, guarded and not; then others among them.
    check(EngineRuns.ring(seed, degree, 24, 38, 45, 46, 47, 49, 50), seed, instructions / 2, each);
    // Those whose sums of products AVX2 keeps in words, up to the longest, and the next longer.
    check(EngineRuns.ring(seed, degree, 22, 28, 29, 30, 31), seed, instructions / 2, each);
    check(EngineRuns.ring(seed, degree, 22, 50, 51, 53, 60, 61), seed, instructions / 2, each);
  }

  private static void check(LimbRing ring, long seed, int instructions, int each) {
    RandomPrograms programs = new RandomPrograms(seed, ring);
    SplittableRandom random = new SplittableRandom(seed);
    List<SealEngine> engines = new ArrayList<>();
    for (Kernels kernels : Kernels.available()) {
      engines.add(EngineRuns.withKernels(ring, kernels));
    }
    engines.add(new SealEngine(ring, MEMORY, workers, 3));
    try (LimbEngine java = new JavaEngine(ring, MEMORY)) {
      int done = 0;
      while (done < instructions) {
        LimbProgram program = programs.next(1 + random.nextInt(2 * each));
        List<long[]> data = programs.data(program);
        Outcome expected = EngineRuns.run(java, program, data);
        for (LimbEngine engine : engines) {
          EngineRuns.assertSame(
              engine.capabilities().device() + ", " + ring,
              program,
              expected,
              EngineRuns.run(engine, program, data));
        }
        done += program.instructions().size();
      }
      total += done;
      for (LimbEngine engine : engines) {
        assertThat(engine.counters().instructions()).isEqualTo(done);
      }
    } finally {
      engines.forEach(LimbEngine::close);
    }
  }
}
