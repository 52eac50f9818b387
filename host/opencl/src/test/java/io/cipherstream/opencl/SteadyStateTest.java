package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Runs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What holds over very many submissions: nothing leaks, nothing else is written. */
@Tag("native")
class SteadyStateTest {

  private static final long SEED = Long.getLong("seed", 13);
  private static final int SUBMISSIONS = 10_000;

  @Test
  void tenThousandSubmissionsLeaveNothing() {
    LimbRing ring = RandomPrograms.ring(SEED, 128, 2, 50);
    ClCalls calls = new ClCalls();
    OpenClOptions options = TestEngines.SMALL.withMemoryBytesMax(4 << 20);
    KernelVariant variant = KernelVariant.parse("f64-limb");
    try (OpenClEngine engine = new OpenClEngine(TestEngines.POCL, ring, options, variant, calls)) {
      LimbBuffer a = engine.allocate(ring.degree());
      LimbBuffer d = engine.allocate(ring.degree());
      engine.upload(Runs.direct(ring.degree()), a, 0);
      List<LimbView> views = List.of(LimbView.of(a), LimbView.of(d));
      LimbProgram kept = TestEngines.transformAndAdd(ring);
      engine.submit(kept, views).await();
      ClCalls.Live before = calls.live();
      EngineCounters counters = engine.counters();
      List<Completion> last = new ArrayList<>();
      for (int i = 0; i < SUBMISSIONS; i++) {
        LimbProgram program = i % 4 == 0 ? TestEngines.transformAndAdd(ring) : kept;
        last.add(engine.submit(program, views));
        if (last.size() == 20) {
          last.forEach(Completion::await);
          last.clear();
        }
      }
      last.forEach(Completion::await);
      assertThat(calls.live()).isEqualTo(before);
      assertThat(engine.counters().submissions()).isEqualTo(counters.submissions() + SUBMISSIONS);
      assertThat(engine.counters().liveBuffers()).isEqualTo(2);
      assertThat(engine.counters().liveBytes()).isEqualTo(2L * ring.degree() * Long.BYTES);
      a.close();
      d.close();
      try (LimbBuffer most = engine.allocate((4 << 20) / Long.BYTES)) {
        assertThat(most.words()).isEqualTo((4 << 20) / Long.BYTES);
      }
    }
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void nothingIsWrittenOutsideTheArguments() {
    LimbRing ring = RandomPrograms.ring(SEED, 1024, 3, 50);
    for (String kernels : List.of("f64-limb", "u64-limb", "u64-group11")) {
      OpenClOptions options = TestEngines.SMALL.withKernels(kernels);
      try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, ring, options)) {
        SplittableRandom random = new SplittableRandom(SEED);
        RandomPrograms programs = new RandomPrograms(SEED, ring);
        List<LimbBuffer> canaries = new ArrayList<>();
        List<long[]> contents = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
          LimbProgram program = programs.next(60);
          List<LimbView> views = new ArrayList<>();
          for (long[] words : programs.data(program)) {
            canaries.add(canary(engine, random, contents));
            views.addAll(Runs.upload(engine, List.of(words)));
          }
          canaries.add(canary(engine, random, contents));
          engine.submit(program, views).await();
          for (int i = 0; i < canaries.size(); i++) {
            assertThat(words(engine, canaries.get(i)))
                .as("%s, canary %d, %s, seed %d", kernels, i, program, SEED)
                .isEqualTo(contents.get(i));
          }
          views.forEach(v -> v.buffer().close());
          canaries.forEach(LimbBuffer::close);
          canaries.clear();
          contents.clear();
        }
      }
    }
  }

  private static LimbBuffer canary(
      OpenClEngine engine, SplittableRandom random, List<long[]> contents) {
    long[] words = random.longs(Arena.GRANULE_WORDS).toArray();
    contents.add(words);
    return Runs.upload(engine, List.of(words)).get(0).buffer();
  }

  private static long[] words(OpenClEngine engine, LimbBuffer buffer) {
    ByteBuffer bytes = Runs.direct(buffer.words());
    engine.download(buffer, 0, bytes);
    long[] words = new long[(int) buffer.words()];
    bytes.asLongBuffer().get(words);
    return words;
  }
}
