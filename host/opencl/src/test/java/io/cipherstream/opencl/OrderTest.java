package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Runs;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Overlapping transfers and programs have the effects of one after the other. */
@Tag("native")
class OrderTest {

  private static final long SEED = Long.getLong("seed", 3);
  private static final LimbRing RING = TestEngines.RING;
  private static final int DEGREE = RING.degree();

  /** c = NTT(a) · b + c, all of modulus 0. */
  private static LimbProgram step() {
    ProgramBuilder builder = LimbProgram.builder("step", RING);
    Segment a = builder.input("a", DEGREE);
    Segment b = builder.input("b", DEGREE);
    Segment c = builder.update("c", DEGREE);
    Segment t = builder.scratch("t", DEGREE);
    return builder.ntt(0, t.at(0), a.at(0)).mac(0, c.at(0), t.at(0), b.at(0)).build();
  }

  /** A random mixture of uploads, programs that are not waited for, and downloads. */
  private static List<long[]> mixture(LimbEngine engine, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LimbProgram program = step();
    long q = RING.modulus(0).value();
    List<LimbBuffer> buffers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      buffers.add(engine.allocate(DEGREE));
      upload(engine, buffers.get(i), random, q);
    }
    List<Completion> completions = new ArrayList<>();
    List<long[]> seen = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int first = random.nextInt(6);
      switch (random.nextInt(8)) {
        case 0 -> upload(engine, buffers.get(first), random, q);
        case 1 -> seen.add(download(engine, buffers.get(first)));
        default -> {
          int second = random.nextInt(6);
          int third = (Math.max(first, second) + 1) % 6;
          if (third == first || third == second) {
            third = (third + 1) % 6;
          }
          if (third == first || third == second) {
            third = (third + 1) % 6;
          }
          completions.add(
              engine.submit(
                  program,
                  List.of(
                      LimbView.of(buffers.get(first)),
                      LimbView.of(buffers.get(second)),
                      LimbView.of(buffers.get(third)))));
        }
      }
    }
    buffers.forEach(b -> seen.add(download(engine, b)));
    buffers.forEach(LimbBuffer::close);
    completions.forEach(Completion::await);
    return seen;
  }

  private static void upload(
      LimbEngine engine, LimbBuffer buffer, SplittableRandom random, long q) {
    ByteBuffer bytes = Runs.direct(DEGREE);
    for (int k = 0; k < DEGREE; k++) {
      bytes.putLong(k * Long.BYTES, random.nextLong(q));
    }
    engine.upload(bytes, buffer, 0);
    for (int k = 0; k < DEGREE; k++) {
      bytes.putLong(k * Long.BYTES, -1);
    }
  }

  private static long[] download(LimbEngine engine, LimbBuffer buffer) {
    ByteBuffer bytes = Runs.direct(DEGREE);
    engine.download(buffer, 0, bytes);
    long[] words = new long[DEGREE];
    bytes.asLongBuffer().get(words);
    return words;
  }

  @Test
  void mixturesOfSeveralThreadsGiveTheWordsOfOneAfterTheOther() throws Exception {
    try (OpenClEngine engine =
        OpenClEngine.open(TestEngines.POCL, RING, TestEngines.SMALL.withLanes(3))) {
      compare(engine);
      assertThat(engine.counters().liveBuffers()).isZero();
    }
  }

  /** Compares what four threads see at the same time with the interpreter. */
  static void compare(LimbEngine engine) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (LimbEngine java = new JavaEngine(RING, 1 << 26)) {
      List<Future<List<long[]>>> futures = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        long seed = SEED + thread;
        futures.add(threads.submit(() -> mixture(engine, seed)));
      }
      for (int thread = 0; thread < 4; thread++) {
        List<long[]> expected = mixture(java, SEED + thread);
        List<long[]> got = futures.get(thread).get();
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.size(); i++) {
          assertThat(got.get(i))
              .as("download %d, seed %d", i, SEED + thread)
              .isEqualTo(expected.get(i));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
