package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundPartsTest {

  private static final int DEGREE = 16;

  private final LimbRing ring = RandomPrograms.ring(1, DEGREE, 1, 30);

  private LimbProgram program(int instructions, boolean counts) {
    ProgramBuilder builder = LimbProgram.builder("p", ring);
    Segment d = builder.update("d", DEGREE);
    for (int i = 0; i < instructions; i++) {
      builder.neg(0, d.at(0), d.at(0));
    }
    return (counts ? builder.zeros(0, d.at(0)) : builder).build();
  }

  private static Submission on(LimbProgram program, int buffer) {
    return new Submission(program, List.of(new Submission.Region(buffer, 0, DEGREE)));
  }

  private static List<Integer> sizes(RoundParts parts) {
    return parts.parts().stream().map(List::size).toList();
  }

  @Test
  void oneProgramOfAPartCounts() {
    RoundParts parts = new RoundParts(100);
    LimbProgram plain = program(1, false);
    LimbProgram counting = program(1, true);
    for (LimbProgram p : List.of(plain, counting, plain, plain, counting, counting, plain)) {
      int expected = parts.begins(on(p, 0)) ? parts.size() : parts.size() - 1;
      assertThat(parts.add(on(p, 0))).isEqualTo(expected);
    }
    assertThat(sizes(parts)).containsExactly(4, 1, 2);
  }

  @Test
  void buffersOfAPartAreLimited() {
    RoundParts parts = new RoundParts(RoundParts.OWN_SEGMENTS + 3);
    for (int buffer : new int[] {0, 1, 0, 2, 1, 3, 0, 1, 3}) {
      parts.add(on(program(1, false), buffer));
    }
    assertThat(sizes(parts)).containsExactly(5, 4);
  }

  @Test
  void instructionsOfAPartAreLimitedUnlessAProgramIsLonger() {
    RoundParts parts = new RoundParts(100);
    LimbProgram half = program(RoundParts.INSTRUCTIONS_MAX / 2, false);
    LimbProgram all = program(RoundParts.INSTRUCTIONS_MAX + 1, false);
    for (LimbProgram p : List.of(half, half, half, all, half)) {
      parts.add(on(p, 0));
    }
    assertThat(sizes(parts)).containsExactly(2, 1, 1, 1);
  }
}
