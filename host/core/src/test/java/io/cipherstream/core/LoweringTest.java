package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lowered programs give the words of the limb programs that they come from. */
@Tag("slow")
class LoweringTest {

  private static final long SEED = Long.getLong("seed", 1717);

  private static ClusterShape shape(int clusters, int slots) {
    return ClusterShape.of(clusters, 4, 4, 4, slots, 8);
  }

  /**
   * Every opcode, operands that overlap in part, results in place, short operands, interleaved
   * chains; few slots, so that limbs are spilled.
   */
  @Test
  void randomProgramsGiveTheSameWords() {
    int spills = 0;
    for (int degree : new int[] {16, 64, 256}) {
      for (int bits : new int[] {30, 50, 61}) {
        LimbRing ring = RandomPrograms.ring(SEED + bits, degree, 3, bits);
        RandomPrograms programs = new RandomPrograms(SEED + degree, ring);
        for (int run = 0; run < 12; run++) {
          LimbProgram p = programs.next(20 + 30 * run);
          List<long[]> data = programs.data(p);
          for (int slots : new int[] {8, 13, 64}) {
            int clusters = 1 + (run + slots) % 3;
            String what =
                "seed "
                    + SEED
                    + ", "
                    + p.name()
                    + ", N = "
                    + degree
                    + ", "
                    + bits
                    + " bits, "
                    + slots
                    + " slots, "
                    + clusters
                    + " clusters";
            CoreProgram c = CoreRuns.compare(what, p, data, shape(clusters, slots));
            spills += c.segments().size() > p.segments().size() ? 1 : 0;
          }
        }
      }
    }
    assertThat(spills).as("programs with spilled limbs, seed %d", SEED).isGreaterThan(20);
  }

  /** What the CKKS compiler makes looks like this; sums of up to 90 products, too. */
  @Test
  void fusedProgramsGiveTheSameWords() {
    int instructions = 0;
    int ops = 0;
    for (int degree : new int[] {16, 128}) {
      LimbRing ring = RandomPrograms.ring(SEED, degree, 3, 50);
      FusiblePrograms programs = new FusiblePrograms(SEED + degree, ring);
      for (int run = 0; run < 60; run++) {
        LimbProgram p = programs.next(10 + 3 * run);
        List<long[]> data = new RandomPrograms(SEED + run, ring).data(p);
        for (int slots : new int[] {8, 20, 200}) {
          int clusters = 1 + (run + slots) % 2;
          String what =
              "seed " + SEED + ", run " + run + ", N = " + degree + ", " + slots + " slots";
          CoreProgram c = CoreRuns.compare(what, p, data, shape(clusters, slots));
          if (slots == 200) {
            instructions += p.instructions().size();
            ops += (int) c.ops().stream().filter(o -> !(o instanceof CoreOp.Load)).count();
          }
        }
      }
    }
    assertThat(ops)
        .as("operations of %d instructions, seed %d", instructions, SEED)
        .isLessThan(instructions / 2);
  }

  @Test
  void aProgramWithoutInstructionsIsOne() {
    LimbRing ring = RandomPrograms.ring(SEED, 16, 1, 30);
    LimbProgram empty = LimbProgram.builder("empty", ring).build();
    CoreProgram c = CoreRuns.compare("empty", empty, List.of(), shape(2, 8));
    assertThat(c.ops()).isEmpty();
    assertThat(c.segments()).isEqualTo(List.<Segment>of());
  }
}
