package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ProgramShrinkerTest {

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final LimbRing ring = RandomPrograms.ring(seed, 64, 3, 40);

  /** What an engine does whose instructions with that opcode add 1 to the first result's words. */
  private static UnaryOperator<List<Instruction>> wrong(Opcode opcode) {
    return given -> {
      List<Instruction> other = new ArrayList<>();
      for (Instruction i : given) {
        other.add(i);
        if (i.opcode() == opcode) {
          other.add(
              new Instruction(Opcode.ADDC, i.modulus(), 0, Repeat.NONE, 0, 1, i.d(), i.d(), null));
        }
      }
      return other;
    };
  }

  @Test
  void littleIsLeftBesideAWrongInstruction() {
    System.out.println("ProgramShrinkerTest seed " + seed);
    for (Opcode opcode : List.of(Opcode.MAC, Opcode.INTT, Opcode.FILL, Opcode.REDUCE)) {
      RandomPrograms programs = new RandomPrograms(seed, ring);
      try (FaultyEngine faulty = new FaultyEngine(ring, wrong(opcode), 0);
          JavaEngine oracle = new JavaEngine(ring, 1 << 28)) {
        ProgramShrinker.Found found = firstFault(programs, faulty, oracle);
        // A second or third one makes a residue canonical that it reads.
        List<Instruction> left = found.program().instructions();
        assertThat(left).as("seed %d, %s", seed, opcode).hasSizeBetween(1, 3);
        assertThat(left.get(left.size() - 1).opcode()).as("seed %d", seed).isEqualTo(opcode);
        assertThat(found.program().segments()).hasSizeLessThanOrEqualTo(4);
        assertThatThrownBy(
                () -> EngineConformance.one(faulty, oracle, found.program(), found.data()))
            .isInstanceOfSatisfying(
                EngineException.class,
                e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.MISMATCH));
        LimbProgram read = Assembler.program(Disassembler.text(found.program()));
        assertThat(read.instructions()).isEqualTo(found.program().instructions());
      }
    }
  }

  /**
   * Of a program in which the opcode is lacking, or all its results are overwritten, nothing is
   * found.
   */
  private ProgramShrinker.Found firstFault(
      RandomPrograms programs, LimbEngine faulty, LimbEngine oracle) {
    for (int trial = 0; trial < 20; trial++) {
      LimbProgram program = programs.next(400);
      Optional<ProgramShrinker.Found> found =
          ProgramShrinker.shrink(faulty, oracle, program, programs.data(program));
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new AssertionError("no program showed the fault, seed " + seed);
  }

  /** A fault of two neighbours, as of a hazard that is missed, keeps both. */
  @Test
  void whatTakesTwoInstructionsKeepsTwo() {
    UnaryOperator<List<Instruction>> hazard =
        given -> {
          List<Instruction> other = new ArrayList<>(given);
          for (int i = 1; i < given.size(); i++) {
            Instruction before = given.get(i - 1);
            Instruction now = given.get(i);
            if (before.opcode() == Opcode.NTT
                && now.d() != null
                && now.a() != null
                && now.a().equals(before.d())
                && now.modulus() == before.modulus()
                && !now.opcode().hasSourceModulus()) {
              other.set(i - 1, now);
              other.set(i, before);
              return other;
            }
          }
          return other;
        };
    ProgramBuilder b = LimbProgram.builder("hazard", ring);
    Segment x = b.input("x", 3 * 64);
    Segment y = b.output("y", 3 * 64);
    b.copy(0, y.at(128), x.at(0)).neg(1, y.at(64), x.at(64));
    b.ntt(0, y.at(0), x.at(0)).neg(0, y.at(128), y.at(0)).add(0, y.at(128), y.at(128), x.at(0));
    b.neg(1, y.at(64), y.at(64));
    LimbProgram program = b.build();
    List<long[]> data = new RandomPrograms(seed, ring).data(program);
    try (FaultyEngine faulty = new FaultyEngine(ring, hazard, 0);
        JavaEngine oracle = new JavaEngine(ring, 1 << 28)) {
      assertThat(
              ProgramShrinker.shrink(faulty, oracle, program, data)
                  .orElseThrow()
                  .program()
                  .instructions())
          .as("seed %d", seed)
          .extracting(Instruction::opcode)
          .containsExactly(Opcode.NTT, Opcode.NEG);
    }
  }

  @Test
  void enginesThatAgreeLeaveNothing() {
    RandomPrograms programs = new RandomPrograms(seed, ring);
    LimbProgram program = programs.next(50);
    try (JavaEngine one = new JavaEngine(ring, 1 << 28);
        JavaEngine two = new JavaEngine(ring, 1 << 28)) {
      assertThat(ProgramShrinker.shrink(one, two, program, programs.data(program))).isEmpty();
    }
  }
}
