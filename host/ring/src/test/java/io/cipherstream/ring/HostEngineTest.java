package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostEngineTest {

  private static final int N = 64;
  private final LimbRing ring = RandomPrograms.ring(1, N, 2, 40);
  private final JavaEngine engine = new JavaEngine(ring, 64 * 1024);

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void viewsFarOutsideTheirBufferAreRefused() {
    LimbBuffer buffer = engine.allocate(N);
    for (long offset : new long[] {N, Long.MAX_VALUE - 7}) {
      assertThatThrownBy(() -> new LimbView(buffer, offset, 8))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("from word " + offset);
    }
    assertThatThrownBy(() -> new LimbView(buffer, 8, Long.MAX_VALUE - 7))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private LimbProgram copy() {
    ProgramBuilder b = LimbProgram.builder("copy", ring);
    Segment in = b.input("in", N);
    Segment out = b.output("out", N);
    return b.copy(0, out.at(0), in.at(0)).build();
  }

  private static void assertRefused(
      EngineException.Kind kind,
      String text,
      org.assertj.core.api.ThrowableAssert.ThrowingCallable x) {
    assertThatThrownBy(x)
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(text);
  }

  @Test
  void argumentsThatDoNotFitAreRefused() {
    LimbBuffer two = engine.allocate(2 * N);
    LimbView low = new LimbView(two, 0, N);
    LimbView high = new LimbView(two, N, N);
    engine.submit(copy(), List.of(low, high)).await();
    EngineException.Kind kind = EngineException.Kind.PROGRAM;
    assertRefused(kind, "got 1 arguments, expected 2", () -> engine.submit(copy(), List.of(low)));
    assertRefused(
        kind,
        "got 128 words for segment out, expected 64",
        () -> engine.submit(copy(), List.of(low, LimbView.of(two))));
    assertRefused(kind, "overlap", () -> engine.submit(copy(), List.of(low, low)));
    assertRefused(
        kind, "overlap", () -> engine.submit(copy(), List.of(low, new LimbView(two, N / 2, N))));
    LimbRing other = RandomPrograms.ring(2, N, 2, 40);
    try (JavaEngine stranger = new JavaEngine(other, 1 << 20)) {
      assertRefused(kind, "is for the ring", () -> stranger.submit(copy(), List.of(low, high)));
      LimbBuffer foreign = stranger.allocate(N);
      assertRefused(
          kind,
          "expected one of engine java",
          () -> engine.submit(copy(), List.of(LimbView.of(foreign), high)));
      assertRefused(
          EngineException.Kind.TRANSFER,
          "expected one of engine java",
          () -> engine.upload(Runs.direct(N), foreign, 0));
    }
    assertThat(engine.counters().submissions()).isEqualTo(1);
  }

  @Test
  void anEqualRingOfAnotherObjectWillDo() {
    LimbRing equal = new LimbRing(N, ring.moduli());
    ProgramBuilder b = LimbProgram.builder("fill", equal);
    Segment out = b.output("out", N);
    LimbBuffer buffer = engine.allocate(N);
    engine.submit(b.fill(0, out.at(0), 7).build(), List.of(LimbView.of(buffer))).await();
    ByteBuffer words = Runs.direct(N);
    engine.download(buffer, 0, words);
    assertThat(words.getLong(0)).isEqualTo(7);
  }

  @Test
  void inputsMayOverlapAndBeOneBuffer() {
    ProgramBuilder b = LimbProgram.builder("double", ring);
    Segment x = b.input("x", N);
    Segment y = b.input("y", N);
    Segment out = b.output("out", N);
    LimbProgram p = b.add(0, out.at(0), x.at(0), y.at(0)).build();
    LimbBuffer in = engine.allocate(N);
    LimbBuffer sum = engine.allocate(N);
    ByteBuffer words = Runs.direct(N);
    for (int k = 0; k < N; k++) {
      words.putLong(k * 8, k);
    }
    engine.upload(words, in, 0);
    engine.submit(p, List.of(LimbView.of(in), LimbView.of(in), LimbView.of(sum))).await();
    engine.download(sum, 0, words);
    for (int k = 0; k < N; k++) {
      assertThat(words.getLong(k * 8)).isEqualTo(2 * k);
    }
  }

  @Test
  void transfersOutsideABufferOrOfTheHeapAreRefused() {
    LimbBuffer buffer = engine.allocate(N);
    EngineException.Kind kind = EngineException.Kind.TRANSFER;
    assertRefused(kind, "at word 1 of 64", () -> engine.upload(Runs.direct(N), buffer, 1));
    assertRefused(kind, "at word -1", () -> engine.download(buffer, -1, Runs.direct(8)));
    assertRefused(kind, "heap", () -> engine.upload(ByteBuffer.allocate(8), buffer, 0));
    assertRefused(kind, "7 bytes", () -> engine.upload(ByteBuffer.allocateDirect(7), buffer, 0));
    ByteBuffer part = Runs.direct(N);
    part.putLong(16, 99).position(16).limit(24);
    engine.upload(part, buffer, N - 1);
    assertThat(part.position()).isEqualTo(16);
    ByteBuffer back = Runs.direct(3);
    back.position(8).limit(16);
    engine.download(buffer, N - 1, back);
    assertThat(back.position()).isEqualTo(8);
    assertThat(back.getLong(0)).isZero();
    assertThat(back.getLong(8)).isEqualTo(99);
    assertThat(engine.counters())
        .satisfies(c -> assertThat(c.bytesUp()).isEqualTo(8))
        .satisfies(c -> assertThat(c.bytesDown()).isEqualTo(8));
  }

  @Test
  void memoryIsLimitedAndGivenBack() {
    LimbBuffer most = engine.allocate(8 * 1024 - 2 * N);
    assertRefused(
        EngineException.Kind.MEMORY,
        "64512 of its 65536 bytes in use",
        () -> engine.allocate(3 * N));
    ProgramBuilder b = LimbProgram.builder("scratch", ring);
    Segment out = b.output("out", N);
    Segment t = b.scratch("t", 2L * N);
    LimbProgram p = b.fill(0, t.at(0), 5).copy(0, out.at(0), t.at(0)).build();
    LimbView view = new LimbView(most, 0, N);
    engine.submit(p, List.of(view)).await();
    // The idle scratch block makes room for a buffer and the next submission finds none.
    LimbBuffer rest = engine.allocate(2 * N);
    assertRefused(EngineException.Kind.MEMORY, "scratch", () -> engine.submit(p, List.of(view)));
    rest.close();
    engine.submit(p, List.of(view)).await();
    assertRefused(
        EngineException.Kind.MEMORY,
        "one block holds at most",
        () -> new JavaEngine(ring, Long.MAX_VALUE).allocate(1L << 40));
    most.close();
    most.close();
    assertThat(engine.counters().liveBuffers()).isZero();
    assertThat(engine.counters().liveBytes()).isZero();
  }

  @Test
  void scratchOfManySubmissionsIsPooled() {
    RandomPrograms programs = new RandomPrograms(3, ring);
    LimbProgram p = programs.next(5);
    try (JavaEngine roomy = new JavaEngine(ring, 1 << 20)) {
      for (int i = 0; i < 2000; i++) {
        Runs.on(roomy, p, programs.data(p));
      }
      assertThat(roomy.counters().submissions()).isEqualTo(2000);
      assertThat(roomy.counters().instructions()).isEqualTo(10000);
      assertThat(roomy.counters().liveBuffers()).isZero();
    }
  }

  @Test
  void closedBuffersAndEnginesAreRefused() {
    LimbBuffer buffer = engine.allocate(N);
    LimbView out = LimbView.of(engine.allocate(N));
    LimbView in = LimbView.of(buffer);
    buffer.close();
    assertThatThrownBy(() -> engine.upload(Runs.direct(N), buffer, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> engine.submit(copy(), List.of(in, out)))
        .isInstanceOf(IllegalStateException.class);
    engine.close();
    engine.close();
    assertThatThrownBy(() -> engine.allocate(N)).isInstanceOf(IllegalStateException.class);
    assertThat(engine.counters().liveBuffers()).isZero();
    assertThatThrownBy(() -> new JavaEngine(ring, 1).allocate(3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void adoptedMemoryIsUsedWithoutACopy() {
    ByteBuffer source = ByteBuffer.allocateDirect(2 * N * 8).order(ByteOrder.LITTLE_ENDIAN);
    source.putLong(N * 8, 42).position(N * 8);
    try (LimbBuffer in = engine.adopt(source.asReadOnlyBuffer());
        LimbBuffer out = engine.adopt(source.slice(0, N * 8))) {
      engine.submit(copy(), List.of(LimbView.of(in), LimbView.of(out))).await();
      assertThat(source.getLong(0)).isEqualTo(42);
      assertRefused(
          EngineException.Kind.PROGRAM,
          "read-only",
          () -> engine.submit(copy(), List.of(LimbView.of(out), LimbView.of(in))));
      assertRefused(
          EngineException.Kind.TRANSFER, "read-only", () -> engine.upload(Runs.direct(8), in, 0));
      assertThat(engine.counters().liveBuffers()).isEqualTo(2);
    }
    assertThat(engine.counters().liveBuffers()).isZero();
    assertRefused(
        EngineException.Kind.TRANSFER,
        "whole lines",
        () -> engine.adopt(ByteBuffer.allocateDirect(8)));
    assertRefused(
        EngineException.Kind.TRANSFER,
        "multiple of 8",
        () -> engine.adopt(ByteBuffer.allocateDirect(72).position(4).limit(68)));
  }

  /** An engine whose programs wait until they are let go, and which sees raw addresses. */
  private final class Gated extends HostEngine {
    final CountDownLatch entered = new CountDownLatch(2);
    final CountDownLatch go = new CountDownLatch(1);
    final List<long[]> bases = new ArrayList<>();

    Gated() {
      super("gated", ring, 1 << 20);
    }

    @Override
    protected ProgramResult execute(LimbProgram program, long[] given) {
      synchronized (bases) {
        bases.add(given);
      }
      entered.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new ProgramResult(0, java.util.Map.of());
    }
  }

  @Test
  void buffersClosedInUseStayUntilTheProgramEnds() throws Exception {
    ProgramBuilder b = LimbProgram.builder("p", ring);
    Segment t = b.scratch("t", N);
    Segment out = b.output("out", N);
    Segment u = b.scratch("u", N);
    LimbProgram p =
        b.fill(0, t.at(0), 1).copy(0, u.at(0), t.at(0)).copy(0, out.at(0), u.at(0)).build();
    Gated gated = new Gated();
    HostBuffer buffer = (HostBuffer) gated.allocate(2 * N);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Callable<ProgramResult> run =
          () -> gated.submit(p, List.of(new LimbView(buffer, N, N))).await();
      Future<ProgramResult> one = threads.submit(run);
      Future<ProgramResult> two = threads.submit(run);
      gated.entered.await();
      buffer.close();
      assertThat(gated.counters().liveBuffers()).isEqualTo(1);
      gated.go.countDown();
      one.get();
      two.get();
      assertThat(gated.counters().liveBuffers()).isZero();
      assertThat(gated.bases)
          .allSatisfy(
              bases -> {
                assertThat(bases[1]).isEqualTo(buffer.address() + N * 8);
                assertThat(bases[0] % 64).isZero();
                assertThat(bases[2]).isEqualTo(bases[0] + N * 8);
              });
      assertThat(gated.bases.get(0)[0]).isNotEqualTo(gated.bases.get(1)[0]);
    } finally {
      threads.shutdownNow();
      gated.close();
    }
  }

  /** Whoever lends memory hears once that it is read no more, and not while a program runs. */
  @Test
  void adoptedMemoryIsGivenBackWhenNoProgramReadsIt() throws Exception {
    AtomicInteger unread = new AtomicInteger();
    ByteBuffer source = ByteBuffer.allocateDirect(N * 8);
    Gated gated = new Gated();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (LimbBuffer out = gated.allocate(2 * N)) {
      LimbBuffer in = gated.adopt(source, unread::incrementAndGet);
      List<Future<ProgramResult>> runs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        LimbView to = new LimbView(out, i * N, N);
        runs.add(threads.submit(() -> gated.submit(copy(), List.of(LimbView.of(in), to)).await()));
      }
      gated.entered.await();
      in.close();
      assertThat(unread).hasValue(0);
      gated.go.countDown();
      for (Future<ProgramResult> run : runs) {
        run.get();
      }
      assertThat(unread).hasValue(1);
      assertRefused(
          EngineException.Kind.TRANSFER,
          "whole lines",
          () -> gated.adopt(ByteBuffer.allocateDirect(8), unread::incrementAndGet));
      assertThat(unread).hasValue(2);
    } finally {
      gated.go.countDown();
      threads.shutdownNow();
      gated.close();
    }
  }

  @Test
  void whatAnEngineThrowsComesOutTypedAndLeavesNothingInUse() {
    HostEngine broken =
        new HostEngine("broken", ring, 1 << 20) {
          @Override
          protected ProgramResult execute(LimbProgram program, long[] bases) {
            throw new ArithmeticException("no luck");
          }
        };
    try (broken) {
      LimbBuffer two = broken.allocate(2 * N);
      assertRefused(
          EngineException.Kind.DEVICE,
          "engine broken failed in limb program copy of 1 instructions:"
              + " java.lang.ArithmeticException: no luck",
          () -> broken.submit(copy(), List.of(new LimbView(two, 0, N), new LimbView(two, N, N))));
      two.close();
      assertThat(broken.counters().liveBuffers()).isZero();
      assertThat(broken.counters().submissions()).isZero();
    }
  }

  @Test
  void programsOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
    RandomPrograms programs = new RandomPrograms(11, ring);
    try (JavaEngine shared = new JavaEngine(ring, 1 << 24)) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Future<List<long[]>>> got = new ArrayList<>();
        List<List<long[]>> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          LimbProgram p = programs.next(30);
          List<long[]> data = programs.data(p);
          expected.add(Runs.on(ring, p, data));
          got.add(
              threads.submit(
                  () -> {
                    Runs.on(shared, p, data);
                    return data;
                  }));
        }
        for (int i = 0; i < got.size(); i++) {
          assertThat(got.get(i).get()).usingRecursiveComparison().isEqualTo(expected.get(i));
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }
}
