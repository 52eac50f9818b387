package io.cipherstream.ring;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the contract, checked once when a program is built, so that engines need not check
 * instructions again:
 *
 * <ul>
 *   <li>segments are numbered from 0 and whole lines long; operands lie inside them; d lies in one
 *       that may be written;
 *   <li>d and an operand are disjoint or, where the instruction allows it, the very same limb;
 *   <li>modulus indices lie in the table, constants are canonical, Galois elements odd and below
 *       2N;
 *   <li>a repeated operand has at least one line;
 *   <li>an OUTPUT or SCRATCH segment is read only where the program has written before, so no word
 *       of an earlier program shows.
 * </ul>
 */
final class ProgramChecks {

  private final LimbProgram program;
  private final LimbRing ring;
  private final List<Segment> segments;
  private final BitSet[] written;

  private ProgramChecks(LimbProgram program) {
    this.program = program;
    this.ring = program.ring();
    this.segments = program.segments();
    this.written = new BitSet[segments.size()];
  }

  /**
   * @throws ProgramException if a rule is broken
   */
  static void check(LimbProgram program) {
    new ProgramChecks(program).all();
  }

  private void all() {
    for (int i = 0; i < segments.size(); i++) {
      Segment s = segments.get(i);
      if (s.index() != i || s.words() <= 0 || s.words() % DescriptorLayout.LINE_WORDS != 0) {
        throw new ProgramException(
            program.name()
                + ": segment "
                + i
                + " is "
                + s
                + ", expected that number and whole lines");
      }
      if (s.words() / DescriptorLayout.LINE_WORDS > Integer.MAX_VALUE) {
        throw new ProgramException(program.name() + ": segment " + s + " is too long");
      }
      written[i] = new BitSet();
    }
    int index = 0;
    for (Instruction instruction : program.instructions()) {
      one(index++, instruction);
    }
  }

  private void one(int index, Instruction i) {
    Opcode opcode = i.opcode();
    inTable(index, i, "modulus", i.modulus());
    inTable(index, i, "source modulus", i.sourceModulus());
    require(
        index,
        i,
        opcode.writesD() == (i.d() != null)
            && opcode.readsA() == (i.a() != null)
            && opcode.readsB() == (i.b() != null),
        "has other operands than its opcode wants");
    require(
        index,
        i,
        opcode.hasConstant()
            ? i.constant() >= 0 && i.constant() < ring.modulus(i.modulus()).value()
            : i.constant() == 0,
        "has the constant " + i.constant() + ", expected one in [0, q)");
    require(
        index,
        i,
        opcode.hasGalois()
            ? (i.galois() & 1) == 1 && i.galois() > 0 && i.galois() < 2 * ring.degree()
            : i.galois() == 0,
        "has the Galois element " + i.galois() + ", expected an odd number below 2N");
    Repeat repeat = i.repeat();
    require(
        index,
        i,
        repeat.equals(Repeat.NONE)
            || (opcode.repeatsB()
                && repeat.shift() >= 0
                && repeat.shift() <= ring.degreeBits()
                && repeat.words(ring.degree()) >= DescriptorLayout.LINE_WORDS),
        "has the repeat " + repeat + ", which leaves less than a line or is not allowed here");
    int limb = ring.limbLines();
    int bLines = repeat.words(ring.degree()) / DescriptorLayout.LINE_WORDS;
    reads(index, i, "a", i.a(), limb);
    reads(index, i, "b", i.b(), bLines);
    if (opcode.readsD()) {
      reads(index, i, "d", i.d(), limb);
    }
    Operand d = i.d();
    if (d != null) {
      inside(index, i, "d", d, limb);
      Segment target = segments.get(d.segment());
      require(index, i, target.access().writable(), "writes to input segment " + target.name());
      requireDisjoint(index, i, d, i.a(), limb);
      requireDisjoint(index, i, d, i.b(), bLines);
      if (!target.access().defined()) {
        written[d.segment()].set(d.line(), d.line() + limb);
      }
    }
  }

  private void inTable(int index, Instruction i, String what, int value) {
    require(
        index,
        i,
        value >= 0 && value < ring.moduli().size(),
        "names " + what + " " + value + " of a table of " + ring.moduli().size());
  }

  private void inside(int index, Instruction i, String name, Operand operand, int lines) {
    require(
        index,
        i,
        operand.segment() >= 0 && operand.segment() < segments.size(),
        "operand " + name + " names segment " + operand.segment() + " of " + segments.size());
    Segment segment = segments.get(operand.segment());
    require(
        index,
        i,
        operand.line() >= 0
            && (operand.line() + (long) lines) * DescriptorLayout.LINE_WORDS <= segment.words(),
        "operand "
            + name
            + " at line "
            + operand.line()
            + " lies outside segment "
            + segment.name()
            + " of "
            + segment.words() / DescriptorLayout.LINE_WORDS
            + " lines");
  }

  private void reads(int index, Instruction i, String name, @Nullable Operand operand, int lines) {
    if (operand == null) {
      return;
    }
    inside(index, i, name, operand, lines);
    Segment segment = segments.get(operand.segment());
    if (!segment.access().defined()) {
      int end = operand.line() + lines;
      require(
          index,
          i,
          written[operand.segment()].nextClearBit(operand.line()) >= end,
          "reads operand " + name + " in segment " + segment.name() + " before it is written");
    }
  }

  private void requireDisjoint(
      int index, Instruction i, Operand d, @Nullable Operand other, int lines) {
    if (other == null || other.segment() != d.segment()) {
      return;
    }
    int limb = ring.limbLines();
    boolean same = other.line() == d.line() && lines == limb && i.opcode().inPlace();
    boolean disjoint = other.line() + lines <= d.line() || d.line() + limb <= other.line();
    require(index, i, same || disjoint, "result and operand overlap");
  }

  private void require(int index, Instruction i, boolean holds, String broken) {
    if (!holds) {
      throw new ProgramException(
          program.name() + ", instruction " + index + " (" + i.opcode() + "): it " + broken);
    }
  }
}
