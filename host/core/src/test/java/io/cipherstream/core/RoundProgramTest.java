package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Joined programs give the words of the programs one after the other, on shared buffers. */
@Tag("slow")
class RoundProgramTest {

  private static final long SEED = Long.getLong("seed", 1130);
  private static final int DEGREE = 64;
  private static final int LIMBS = 40;

  /** One modulus, so that what a program leaves is canonical for all. */
  private final LimbRing ring = RandomPrograms.ring(SEED, DEGREE, 1, 50);

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void programsOnSharedBuffersGiveTheWordsOfOneAfterTheOther() {
    RandomPrograms programs = new RandomPrograms(SEED, ring);
    List<LimbProgram> few = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      few.add(programs.next(10 + 15 * i));
    }
    for (int run = 0; run < 10; run++) {
      List<Submission> round = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        round.add(submission(few.get(random.nextInt(few.size()))));
      }
      RoundProgram joined = RoundProgram.of("round", ring, round);
      long scratch =
          joined.program().segments().stream()
              .filter(s -> s.access() == Segment.Access.SCRATCH)
              .count();
      assertThat(scratch).as("segments of scratch memory").isLessThanOrEqualTo(1);
      List<Submission> all = List.of(new Submission(joined.program(), whole(joined)));
      List<long[]> expected = words(round);
      List<long[]> got = words(all);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(Arrays.mismatch(got.get(i), expected.get(i)))
            .as("word of buffer %d that differs, seed %d, run %d", i, SEED, run)
            .isEqualTo(-1);
      }
    }
  }

  /** Its arguments in two buffers, what is written in neither twice. */
  private Submission submission(LimbProgram program) {
    List<Submission.Region> regions = new ArrayList<>();
    long[] next = {random.nextInt(8) * 8L, random.nextInt(8) * 8L};
    for (Segment s : program.arguments()) {
      int buffer = random.nextInt(2);
      regions.add(new Submission.Region(buffer, next[buffer], s.words()));
      next[buffer] += s.words();
    }
    return new Submission(program, regions);
  }

  private static List<Submission.Region> whole(RoundProgram joined) {
    List<Submission.Region> regions = new ArrayList<>();
    for (int i = 0; i < joined.buffers().size(); i++) {
      long words = joined.program().arguments().get(i).words();
      regions.add(new Submission.Region(joined.buffers().get(i), 0, words));
    }
    return regions;
  }

  /** What the interpreter leaves in both buffers, then the zero words that it counted. */
  private List<long[]> words(List<Submission> submissions) {
    long size = (long) LIMBS * DEGREE;
    List<long[]> after = new ArrayList<>();
    try (JavaEngine engine = new JavaEngine(ring, 1L << 24);
        LimbBuffer first = engine.allocate(size);
        LimbBuffer second = engine.allocate(size)) {
      List<LimbBuffer> buffers = List.of(first, second);
      SplittableRandom same = new SplittableRandom(SEED);
      long least = ring.moduli().stream().mapToLong(q -> q.value()).min().orElseThrow();
      for (LimbBuffer buffer : buffers) {
        ByteBuffer words = direct(size);
        for (int k = 0; k < size; k++) {
          words.putLong(k * Long.BYTES, same.nextLong(least));
        }
        engine.upload(words, buffer, 0);
      }
      long zeros = 0;
      for (Submission s : submissions) {
        List<LimbView> views =
            s.arguments().stream()
                .map(r -> new LimbView(buffers.get(r.buffer()), r.offset(), r.words()))
                .toList();
        zeros += engine.submit(s.program(), views).await().zeroWords();
      }
      for (LimbBuffer buffer : buffers) {
        ByteBuffer words = direct(size);
        engine.download(buffer, 0, words);
        long[] got = new long[(int) size];
        words.asLongBuffer().get(got);
        after.add(got);
      }
      after.add(new long[] {zeros});
    }
    return after;
  }

  private static ByteBuffer direct(long words) {
    return ByteBuffer.allocateDirect((int) words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
