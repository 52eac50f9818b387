package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EngineConformanceTest {

  private static final long SEED = 606;
  private final LimbRing ring = RandomPrograms.ring(SEED, 64, 3, 50);

  private EngineException fails(UnaryOperator<List<Instruction>> fault, long zeros) {
    try (FaultyEngine candidate = new FaultyEngine(ring, fault, zeros);
        JavaEngine oracle = new JavaEngine(ring, 1 << 28)) {
      EngineException e =
          catchThrowableOfType(
              EngineException.class, () -> EngineConformance.run(candidate, oracle, SEED, 2000));
      assertThat(e).isNotNull();
      assertThat(e.kind()).isEqualTo(EngineException.Kind.MISMATCH);
      assertThat(candidate.counters().liveBuffers()).isZero();
      assertThat(oracle.counters().liveBuffers()).isZero();
      return e;
    }
  }

  @Test
  void anEngineThatIsRightPasses() {
    try (JavaEngine candidate = new JavaEngine(ring, 1 << 28);
        JavaEngine oracle = new JavaEngine(ring, 1 << 28)) {
      EngineConformance.Report report = EngineConformance.run(candidate, oracle, SEED, 2000);
      Map<Opcode, Long> instructions = report.instructions();
      assertThat(instructions).containsOnlyKeys(Opcode.values());
      assertThat(instructions.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(2000);
      assertThat(report.words()).isGreaterThan(10_000);
      assertThat(report)
          .hasToString(
              "java = java: %d programs, 2000 instructions, %d words, seed %d",
              report.programs(), report.words(), SEED);
    }
  }

  @Test
  void anyInstructionThatIsWrongIsFoundAndNamed() {
    for (Opcode opcode : Opcode.values()) {
      if (opcode == Opcode.ZEROS) {
        continue;
      }
      EngineException e =
          fails(
              given -> {
                List<Instruction> other = new ArrayList<>();
                for (Instruction i : given) {
                  other.add(i);
                  if (i.opcode() == opcode) {
                    other.add(
                        new Instruction(
                            Opcode.ADDC, i.modulus(), 0, Repeat.NONE, 0, 1, i.d(), i.d(), null));
                  }
                }
                return other;
              },
              0);
      assertThat(e.getMessage())
          .contains("differs from java: ", "expected ", "seed " + SEED, "N = 64")
          .containsPattern("first at instruction +\\d+  " + opcode + " ");
    }
  }

  @Test
  void wrongZeroCountsAndOmittedRepeatsAreFound() {
    assertThat(fails(UnaryOperator.identity(), 1)).hasMessageContaining("zero words: ");
    assertThat(
            fails(
                given ->
                    given.stream()
                        .map(
                            i ->
                                i.repeat().mirrored() && i.repeat().shift() > 0
                                    ? new Instruction(
                                        i.opcode(),
                                        i.modulus(),
                                        0,
                                        new Repeat(i.repeat().shift() + 1, false),
                                        0,
                                        0,
                                        i.d(),
                                        i.a(),
                                        i.b())
                                    : i)
                        .toList(),
                0))
        .hasMessageContaining("mirrored");
  }

  /** An engine that also writes a word behind its last argument. */
  @Test
  void wordsWrittenOutsideTheArgumentsAreFound() {
    JavaEngine inner = new JavaEngine(ring, 1 << 28);
    HostEngine stray =
        new HostEngine("stray", ring, 1 << 28) {
          @Override
          ProgramResult execute(LimbProgram program, List<LimbView> segments) {
            for (LimbView v : segments) {
              long end = v.offset() + v.words();
              if (end < v.buffer().words()) {
                ((HostBuffer) v.buffer()).view(end, 1).put(0, 1);
              }
            }
            return inner.execute(program, segments);
          }

          @Override
          protected ProgramResult execute(LimbProgram program, long[] bases) {
            throw new AssertionError("this engine runs on views of segments alone");
          }
        };
    try (stray;
        inner;
        JavaEngine oracle = new JavaEngine(ring, 1 << 28)) {
      assertThat(
              catchThrowableOfType(
                  EngineException.class, () -> EngineConformance.run(stray, oracle, SEED, 50)))
          .hasMessageContaining("outside all arguments was written");
    }
  }
}
