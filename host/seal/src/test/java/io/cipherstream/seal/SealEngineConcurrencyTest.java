package io.cipherstream.seal;

import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.seal.EngineRuns.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Programs submitted at once, also from the engine's own pool, leave what each alone would. */
@Tag("native")
class SealEngineConcurrencyTest {

  private record Case(LimbProgram program, List<long[]> data, Outcome expected) {}

  @Test
  void submissionsFromTheEnginesOwnPoolAndFromOthers()
      throws InterruptedException, ExecutionException {
    long seed = EngineRuns.seed();
    LimbRing ring = EngineRuns.ring(seed, 1024, 38, 50, 60);
    RandomPrograms programs = new RandomPrograms(seed, ring);
    List<Case> cases = new ArrayList<>();
    try (LimbEngine java = new JavaEngine(ring, 1L << 30)) {
      for (int i = 0; i < 12; i++) {
        LimbProgram program = programs.next(300);
        List<long[]> data = programs.data(program);
        cases.add(new Case(program, data, EngineRuns.run(java, program, data)));
      }
    }
    ExecutorService own = Executors.newFixedThreadPool(2);
    ExecutorService others = Executors.newFixedThreadPool(3);
    try (LimbEngine fast = new SealEngine(ring, 1L << 30, own, 3);
        LimbEngine portable = SealEngine.withPortableKernels(ring, 1L << 30, own, 3)) {
      List<Future<?>> running = new ArrayList<>();
      for (int round = 0; round < 10; round++) {
        for (Case c : cases) {
          LimbEngine engine = round % 3 == 0 ? portable : fast;
          running.add(
              (round % 2 == 0 ? own : others)
                  .submit(
                      () ->
                          EngineRuns.assertSame(
                              "at once",
                              c.program(),
                              c.expected(),
                              EngineRuns.run(engine, c.program(), c.data()))));
        }
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      own.shutdownNow();
      others.shutdownNow();
    }
  }
}
