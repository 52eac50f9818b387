package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnitScheduleTest {

  private static final long SEED = 7117;

  @Test
  void randomProgramsKeepTheirWordsAndTheirInstructions() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int degree : new int[] {16, 64}) {
      LimbRing ring = RandomPrograms.ring(SEED, degree, 3, 40);
      RandomPrograms programs = new RandomPrograms(SEED + degree, ring);
      for (int run = 0; run < 60; run++) {
        LimbProgram p = programs.next(1 + random.nextInt(150));
        int units = 1 + random.nextInt(3);
        List<Integer> order = Arrays.stream(UnitSchedule.order(p, units)).boxed().toList();
        assertThat(order)
            .containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, p.instructions().size()).boxed().toList());
        assertThat(Reordered.same(p, order, programs.data(p)))
            .as("%s of degree %d on %d units, seed %d", p, degree, units, SEED)
            .isTrue();
        assertThat(UnitSchedule.of(p, units).instructions())
            .isEqualTo(order.stream().map(p.instructions()::get).toList());
      }
    }
  }

  /** Independent sums first in the program, the chain that ends last behind them. */
  @Test
  void whatHasTheLongestWayToTheEndComesFirst() {
    LimbRing ring = RandomPrograms.ring(SEED, 64, 2, 40);
    ProgramBuilder builder = LimbProgram.builder("chain", ring);
    Segment in = builder.input("in", 4 * 64);
    Segment out = builder.output("out", 3 * 64);
    LimbProgram p =
        builder
            .add(0, out.at(0), in.at(0), in.at(64))
            .add(1, out.at(64), in.at(0), in.at(64))
            .neg(0, out.at(128), in.at(128))
            .ntt(0, out.at(128), out.at(128))
            .build();
    assertThat(UnitSchedule.order(p, 1)).containsExactly(2, 0, 3, 1);
  }

  @Test
  void withoutATransformUnitIsRefused() {
    LimbRing ring = RandomPrograms.ring(SEED, 16, 2, 40);
    LimbProgram p = new RandomPrograms(SEED, ring).next(3);
    assertThatThrownBy(() -> UnitSchedule.of(p, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected at least 1");
  }
}
