package io.cipherstream.bench.cycles.run;

import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A program for limbs of fewer words: the same instructions in the same order over the same moduli,
 * which are 1 modulo 2N for the smaller N too. Compiled programs do not depend on N otherwise, so
 * this is what a parameter set of the smaller degree would compile to. Operands that repeat keep
 * their words.
 */
final class Shortening {

  private final LimbProgram program;
  private final int shift;

  /** Segments of operands that repeat and nothing else. */
  private final Set<Integer> rows = new HashSet<>();

  private Shortening(LimbProgram program, int shift) {
    this.program = program;
    this.shift = shift;
    Set<Integer> limbs = new HashSet<>();
    for (Instruction i : program.instructions()) {
      if (repeats(i)) {
        add(rows, i.b());
      } else {
        add(limbs, i.b());
      }
      add(limbs, i.a());
      add(limbs, i.d());
    }
    rows.removeAll(limbs);
  }

  private static void add(Set<Integer> segments, @Nullable Operand operand) {
    if (operand != null) {
      segments.add(operand.segment());
    }
  }

  /** The program for a degree of at most its own; itself if that is its own. */
  static LimbProgram to(LimbProgram program, int degree) {
    int shift =
        program.ring().degreeBits() - Integer.numberOfTrailingZeros(Integer.highestOneBit(degree));
    return shift == 0
        ? program
        : new Shortening(program, shift).build(new LimbRing(degree, program.ring().moduli()));
  }

  private boolean repeats(Instruction i) {
    return i.repeat().words(program.ring().degree()) != program.ring().degree();
  }

  private LimbProgram build(LimbRing ring) {
    ProgramBuilder builder = LimbProgram.builder(program.name(), ring);
    for (Segment s : program.segments()) {
      var unused =
          builder.segment(
              s.name(), s.access(), rows.contains(s.index()) ? s.words() : s.words() >> shift);
    }
    for (Instruction i : program.instructions()) {
      Repeat repeat =
          repeats(i) ? new Repeat(i.repeat().shift() - shift, i.repeat().mirrored()) : i.repeat();
      var unused =
          builder.append(
              new Instruction(
                  i.opcode(),
                  i.modulus(),
                  i.sourceModulus(),
                  repeat,
                  i.galois() % (2 * ring.degree()),
                  i.constant(),
                  operand(i.d()),
                  operand(i.a()),
                  operand(i.b())));
    }
    return builder.build();
  }

  private @Nullable Operand operand(@Nullable Operand o) {
    return o == null || rows.contains(o.segment())
        ? o
        : new Operand(o.segment(), o.line() >> shift);
  }
}
