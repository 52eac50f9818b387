package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Repeat;
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

  /**
   * A matrix product in Horner's scheme whose operands do not fit the slots: its sums end while
   * their operands are there, and only their results wait.
   */
  @Test
  void operandsOfSumsDoNotWaitForHornersScheme() {
    LimbRing ring = RandomPrograms.ring(SEED, 16, 3, 50);
    LimbProgram p = horner(ring, 30, 12);
    CoreProgram c =
        CoreRuns.compare("seed " + SEED, p, new RandomPrograms(SEED, ring).data(p), shape(1, 40));
    long inputs = 90;
    long results = 12 * 3;
    // A sum of 30 terms is two here; both may leave the slots once, and some operands do.
    assertThat(c.ops().stream().filter(CoreOp.Load.class::isInstance).count())
        .as("limbs loaded, seed %d", SEED)
        .isLessThanOrEqualTo(inputs + 3 * results);
  }

  /**
   * For each modulus transforms of inputs and weighted sums of them; then, from the last sum on,
   * the result so far, with a digit of the first modulus added to all, and the next sum.
   */
  private static LimbProgram horner(LimbRing ring, int operands, int sums) {
    int n = ring.degree();
    int moduli = ring.moduli().size();
    ProgramBuilder b = LimbProgram.builder("horner", ring);
    Segment in = b.input("in", (long) moduli * operands * n);
    Segment weights = b.input("weights", 8L * sums * operands);
    Segment out = b.output("out", (long) moduli * n);
    Segment x = b.scratch("x", (long) moduli * operands * n);
    Segment s = b.scratch("s", (long) moduli * sums * n);
    Segment digit = b.scratch("digit", 2L * n);
    for (int q = 0; q < moduli; q++) {
      for (int k = 0; k < operands; k++) {
        long at = ((long) q * operands + k) * n;
        b.ntt(q, x.at(at), in.at(at));
      }
      for (int g = 0; g < sums; g++) {
        Operand d = s.at(((long) q * sums + g) * n);
        for (int k = 0; k < operands; k++) {
          Operand w = weights.at(8L * (g * operands + k));
          Operand a = x.at(((long) q * operands + k) * n);
          b.binary(k == 0 ? Opcode.MUL : Opcode.MAC, q, d, a, w, Repeat.plain(n, 8));
        }
      }
    }
    for (int q = 0; q < moduli; q++) {
      b.copy(q, out.at((long) q * n), s.at(((long) q * sums + sums - 1) * n));
    }
    for (int g = sums - 2; g >= 0; g--) {
      b.intt(0, digit.at(0), out.at(0));
      for (int q = 0; q < moduli; q++) {
        Operand acc = out.at((long) q * n);
        b.reduce(q, digit.at(n), digit.at(0), 0);
        b.ntt(q, digit.at(n), digit.at(n));
        b.add(q, acc, acc, digit.at(n));
        b.add(q, acc, acc, s.at(((long) q * sums + g) * n));
      }
    }
    return b.build();
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
