package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomProgramsTest {

  private static final long SEED = 77;

  @Test
  void coverEverythingTheContractAllows() {
    for (int degree : new int[] {16, 32, 1024}) {
      LimbRing ring = RandomPrograms.ring(SEED, degree, 3, 40);
      LimbProgram p = new RandomPrograms(SEED, ring).next(2000);
      assertThat(p.instructions()).hasSize(2000);
      assertThat(p.tasks()).isGreaterThan(50);
      Set<Opcode> opcodes = EnumSet.noneOf(Opcode.class);
      Set<Integer> shifts = new HashSet<>();
      int inPlace = 0;
      int squares = 0;
      int mirrored = 0;
      int chained = 0;
      int unaligned = 0;
      Instruction before = null;
      for (Instruction i : p.instructions()) {
        opcodes.add(i.opcode());
        shifts.add(i.repeat().shift());
        mirrored += i.repeat().mirrored() ? 1 : 0;
        inPlace += i.d() != null && (i.d().equals(i.a()) || i.d().equals(i.b())) ? 1 : 0;
        squares += i.a() != null && i.a().equals(i.b()) ? 1 : 0;
        unaligned += i.a() != null && i.a().line() % ring.limbLines() != 0 ? 1 : 0;
        chained += before != null && i.opcode() == Opcode.MAC && i.d().equals(before.d()) ? 1 : 0;
        before = i;
      }
      assertThat(opcodes).hasSize(Opcode.values().length);
      assertThat(shifts).hasSizeGreaterThan(1);
      assertThat(List.of(inPlace, squares, mirrored, chained, unaligned))
          .allSatisfy(count -> assertThat(count).isGreaterThan(5));
      assertThat(p.segments().stream().map(Segment::access).distinct()).hasSize(4);
    }
  }

  @Test
  void programsKeepWordsCanonicalAndNoBoundIsMissed() {
    for (int degree : new int[] {16, 128}) {
      LimbRing ring = RandomPrograms.ring(SEED, degree, 3, 33);
      RandomPrograms programs = new RandomPrograms(SEED, ring);
      for (int run = 0; run < 20; run++) {
        LimbProgram p = programs.next(100);
        List<long[]> data = programs.data(p);
        ResidueBounds bounds = new ResidueBounds(p);
        for (int i = 0; i < data.size(); i++) {
          Segment s = p.arguments().get(i);
          long[] lines = bounds.of(s);
          assertThat((long) data.get(i).length).isEqualTo(s.words());
          for (int k = 0; k < data.get(i).length; k++) {
            long bound = lines[k / DescriptorLayout.LINE_WORDS];
            if (bound != 0) {
              assertThat(data.get(i)[k]).isBetween(0L, bound - 1);
            }
          }
        }
        // Whatever a program wrote is below the largest modulus; the rest is as it was.
        long largest = ring.moduli().stream().mapToLong(Modulus::value).max().orElseThrow();
        List<long[]> after = Runs.on(ring, p, data);
        for (int i = 0; i < data.size(); i++) {
          for (int k = 0; k < data.get(i).length; k++) {
            if (after.get(i)[k] != data.get(i)[k]) {
              assertThat(after.get(i)[k]).as("seed %d", SEED).isBetween(0L, largest - 1);
            }
          }
        }
      }
    }
  }

  @Test
  void sameSeedSamePrograms() {
    LimbRing ring = RandomPrograms.ring(SEED, 64, 2, 40);
    RandomPrograms one = new RandomPrograms(5, ring);
    RandomPrograms two = new RandomPrograms(5, RandomPrograms.ring(SEED, 64, 2, 40));
    for (int i = 0; i < 3; i++) {
      LimbProgram p = one.next(50);
      LimbProgram q = two.next(50);
      assertThat(p.instructions()).isEqualTo(q.instructions());
      assertThat(one.data(p)).usingRecursiveComparison().isEqualTo(two.data(q));
    }
    assertThat(new RandomPrograms(6, ring).next(50).instructions())
        .isNotEqualTo(new RandomPrograms(5, ring).next(50).instructions());
  }

  @Test
  void ringsHaveTheBitsAskedForOrSayThatTheyCannot() {
    LimbRing ring = RandomPrograms.ring(SEED, 4096, 10, 36);
    assertThat(ring.moduli()).hasSize(10).allSatisfy(q -> assertThat(q.bits()).isEqualTo(36));
    assertThatThrownBy(() -> RandomPrograms.ring(SEED, 4096, 10, 14))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too few primes of 14 bits");
    assertThatThrownBy(() -> RandomPrograms.ring(SEED, 4096, 1, 62))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
