package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Runs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class LifecycleTest {

  private static final long SEED = Long.getLong("seed", 11);
  private static final int DEGREE = TestEngines.RING.degree();

  private static void fails(EngineException.Kind kind, ThrowingCallable action, String text) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(text);
  }

  @Test
  void buffersClosedInUseLiveUntilTheProgramEnds() {
    LimbProgram program = TestEngines.transformAndAdd(TestEngines.RING);
    try (OpenClEngine engine = TestEngines.open();
        LimbBuffer d = engine.allocate(DEGREE)) {
      List<long[]> data = new RandomPrograms(SEED, TestEngines.RING).data(program);
      List<long[]> expected = Runs.copies(data);
      try (LimbEngine java = new JavaEngine(TestEngines.RING, 1 << 24)) {
        Runs.on(java, program, expected);
      }
      for (int round = 0; round < 200; round++) {
        LimbBuffer a = engine.allocate(DEGREE);
        ByteBuffer bytes = Runs.direct(DEGREE);
        bytes.asLongBuffer().put(data.get(0));
        engine.upload(bytes, a, 0);
        Completion completion = engine.submit(program, List.of(LimbView.of(a), LimbView.of(d)));
        a.close();
        LimbBuffer other = engine.allocate(DEGREE);
        engine.upload(Runs.direct(DEGREE), other, 0);
        other.close();
        completion.await();
        long[] got = new long[DEGREE];
        engine.download(d, 0, bytes);
        bytes.asLongBuffer().get(got);
        assertThat(got).as("round %d, seed %d", round, SEED).isEqualTo(expected.get(1));
      }
      assertThat(engine.counters().liveBuffers()).isEqualTo(1);
    }
  }

  @Test
  void whatIsClosedCannotBeUsed() {
    LimbProgram program = TestEngines.transformAndAdd(TestEngines.RING);
    OpenClEngine engine = TestEngines.open();
    LimbBuffer open = engine.allocate(DEGREE);
    LimbBuffer closed = engine.allocate(DEGREE);
    closed.close();
    closed.close();
    List<LimbView> views = List.of(LimbView.of(open), LimbView.of(closed));
    assertThatThrownBy(() -> engine.submit(program, views))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> engine.upload(Runs.direct(8), closed, 0))
        .isInstanceOf(IllegalStateException.class);
    engine.close();
    engine.close();
    open.close();
    assertThatThrownBy(() -> engine.allocate(8)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> engine.download(open, 0, Runs.direct(8)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void transfersOutsideABufferOrFromTheHeapAreRefused() {
    try (OpenClEngine engine = TestEngines.open();
        LimbEngine java = new JavaEngine(TestEngines.RING, 1 << 20);
        LimbBuffer foreign = java.allocate(16);
        LimbBuffer buffer = engine.allocate(16)) {
      EngineException.Kind kind = EngineException.Kind.TRANSFER;
      fails(kind, () -> engine.upload(Runs.direct(8), buffer, 9), "word 9 of 16");
      fails(kind, () -> engine.upload(Runs.direct(8), buffer, -1), "word -1");
      fails(kind, () -> engine.download(buffer, 16, Runs.direct(1)), "word 16");
      fails(kind, () -> engine.upload(Runs.direct(1), buffer, Long.MAX_VALUE), "word");
      fails(kind, () -> engine.upload(ByteBuffer.allocate(8), buffer, 0), "heap");
      fails(kind, () -> engine.upload(ByteBuffer.allocateDirect(9), buffer, 0), "9 bytes");
      fails(kind, () -> engine.upload(Runs.direct(8), foreign, 0), "expected one of engine");
      fails(kind, () -> engine.download(buffer, 0, Runs.direct(8).asReadOnlyBuffer()), "read-only");
      engine.upload(Runs.direct(0), buffer, 16);
    }
  }

  @Test
  void argumentsThatDoNotFitAreRefused() {
    LimbProgram program = TestEngines.transformAndAdd(TestEngines.RING);
    LimbRing other = RandomPrograms.ring(SEED, DEGREE, 1, 40);
    try (OpenClEngine engine = TestEngines.open();
        LimbEngine java = new JavaEngine(TestEngines.RING, 1 << 20);
        LimbBuffer foreign = java.allocate(DEGREE);
        LimbBuffer buffer = engine.allocate(2L * DEGREE)) {
      LimbView a = new LimbView(buffer, 0, DEGREE);
      LimbView d = new LimbView(buffer, DEGREE, DEGREE);
      EngineException.Kind kind = EngineException.Kind.PROGRAM;
      fails(kind, () -> engine.submit(program, List.of(a)), "got 1 arguments, expected 2");
      fails(kind, () -> engine.submit(program, List.of(a, a)), "overlap");
      fails(
          kind,
          () -> engine.submit(program, List.of(a, new LimbView(buffer, DEGREE - 8, DEGREE))),
          "overlap");
      fails(
          kind,
          () -> engine.submit(program, List.of(a, LimbView.of(buffer))),
          "got 2048 words for segment d");
      fails(
          kind, () -> engine.submit(program, List.of(a, LimbView.of(foreign))), "expected one of");
      fails(
          kind,
          () -> engine.submit(TestEngines.transformAndAdd(other), List.of(a, d)),
          "is for the ring");
      engine.submit(program, List.of(a, d)).await();
      EngineCounters counters = engine.counters();
      assertThat(counters.submissions()).isEqualTo(1);
      assertThat(counters.instructions()).isEqualTo(2);
    }
  }

  @Test
  void poolThatIsFullSaysSo() {
    OpenClOptions options = TestEngines.SMALL.withMemoryBytesMax(1 << 20);
    try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, TestEngines.RING, options)) {
      LimbBuffer half = engine.allocate(1 << 16);
      fails(
          EngineException.Kind.MEMORY,
          () -> engine.allocate((1 << 16) + 8),
          "1048576 bytes 524288 are free");
      half.close();
      LimbBuffer all = engine.allocate(1 << 17);
      LimbProgram program = TestEngines.transformAndAdd(TestEngines.RING);
      List<LimbView> views =
          List.of(new LimbView(all, 0, DEGREE), new LimbView(all, DEGREE, DEGREE));
      fails(EngineException.Kind.MEMORY, () -> engine.submit(program, views), "transform-and-add");
      all.close();
      assertThat(engine.counters().liveBytes()).isZero();
    }
    fails(
        EngineException.Kind.MEMORY,
        () ->
            OpenClEngine.open(
                TestEngines.POCL,
                TestEngines.RING,
                TestEngines.SMALL.withMemoryBytesMax(Long.MAX_VALUE)),
        "in one allocation");
  }

  @Test
  void submissionsWaitForMemoryAndForTheirTurn() {
    OpenClOptions options = TestEngines.SMALL.withMemoryBytesMax(128 << 10).withSubmissionsMax(3);
    LimbProgram program = TestEngines.transformAndAdd(TestEngines.RING);
    try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, TestEngines.RING, options)) {
      LimbBuffer a = engine.allocate(DEGREE);
      engine.upload(Runs.direct(DEGREE), a, 0);
      List<Completion> completions = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        try (LimbBuffer d = engine.allocate(DEGREE)) {
          completions.add(engine.submit(program, List.of(LimbView.of(a), LimbView.of(d))));
        }
      }
      completions.forEach(Completion::await);
      assertThat(engine.counters().submissions()).isEqualTo(100);
      assertThat(engine.counters().liveBuffers()).isEqualTo(1);
    }
  }

  @Test
  void closeWaitsForWhatRuns() {
    LimbProgram program = TestEngines.transformAndAdd(TestEngines.RING);
    ClCalls calls = new ClCalls();
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    LimbBuffer a = engine.allocate(DEGREE);
    engine.upload(Runs.direct(DEGREE), a, 0);
    LimbBuffer d = engine.allocate(DEGREE);
    List<Completion> completions = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      completions.add(engine.submit(program, List.of(LimbView.of(a), LimbView.of(d))));
    }
    engine.close();
    for (Completion completion : completions) {
      assertThat(completion.await().zeroWords()).isZero();
    }
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }
}
