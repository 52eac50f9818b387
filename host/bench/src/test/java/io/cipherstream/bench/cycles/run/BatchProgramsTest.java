package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.bench.cycles.report.CycleCase;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchProgramsTest {

  private static final LimbRing RING = CasePrograms.ring(1024);

  @Test
  void aFullRunHasEveryInstruction() {
    List<String> names =
        CasePrograms.of(8192, false).stream()
            .filter(CycleCase::perLimb)
            .map(CycleCase::name)
            .distinct()
            .toList();
    assertThat(names).containsAll(Arrays.stream(Opcode.values()).map(Enum::name).toList());
    assertThat(CasePrograms.of(8192, true)).isSubsetOf(CasePrograms.of(8192, false));
  }

  @Test
  void everyBatchRunsAndComputesTheSameTwice() {
    for (CycleCase what : CasePrograms.of(1024, false)) {
      if (what.perLimb()) {
        LimbProgram program = BatchPrograms.of(what.name(), RING, what.limbs());
        assertThat(program.instructions()).hasSize(what.limbs());
        try (JavaEngine engine = new JavaEngine(RING, 1 << 24)) {
          ProgramRun first = ProgramRun.of(engine, program);
          assertThat(first.words()).isPositive();
          assertThat(ProgramRun.of(engine, program)).isEqualTo(first);
        }
      }
    }
  }

  @Test
  void resultsOfDifferentProgramsDiffer() {
    try (JavaEngine engine = new JavaEngine(RING, 1 << 24)) {
      ProgramRun sum = ProgramRun.of(engine, BatchPrograms.of("ADD", RING, 2));
      ProgramRun difference = ProgramRun.of(engine, BatchPrograms.of("SUB", RING, 2));
      assertThat(sum).isNotEqualTo(difference);
    }
  }

  @Test
  void weightsAreARowThatRepeats() {
    LimbProgram program = BatchPrograms.of(BatchPrograms.WEIGHTS, RING, 2);
    assertThat(program.instructions())
        .allSatisfy(i -> assertThat(i.repeat().words(1024)).isEqualTo(128));
    assertThat(BatchPrograms.of("MAC", RING, 2).instructions())
        .allSatisfy(i -> assertThat(i.repeat().words(1024)).isEqualTo(1024));
  }
}
