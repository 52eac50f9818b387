package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the data of a program's arguments must be like: for each line that is read before the
 * program writes it, the least modulus it is read by.
 */
final class ResidueBounds {

  private final List<long[]> bounds = new ArrayList<>();
  private final List<BitSet> written = new ArrayList<>();

  ResidueBounds(LimbProgram program) {
    LimbRing ring = program.ring();
    for (Segment s : program.segments()) {
      bounds.add(new long[Math.toIntExact(s.words() / DescriptorLayout.LINE_WORDS)]);
      written.add(new BitSet());
    }
    for (Instruction i : program.instructions()) {
      Opcode opcode = i.opcode();
      long q = ring.modulus(i.modulus()).value();
      long source = opcode.hasSourceModulus() ? ring.modulus(i.sourceModulus()).value() : q;
      int limb = ring.limbLines();
      reads(i.a(), limb, source);
      reads(i.b(), i.repeat().words(ring.degree()) / DescriptorLayout.LINE_WORDS, q);
      Operand d = i.d();
      if (d != null) {
        reads(opcode.readsD() ? d : null, limb, q);
        written.get(d.segment()).set(d.line(), d.line() + limb);
      }
    }
  }

  private void reads(@Nullable Operand operand, int lines, long q) {
    if (operand == null) {
      return;
    }
    long[] lineBounds = bounds.get(operand.segment());
    BitSet settled = written.get(operand.segment());
    for (int line = operand.line(); line < operand.line() + lines; line++) {
      if (!settled.get(line)) {
        lineBounds[line] = lineBounds[line] == 0 ? q : Math.min(lineBounds[line], q);
      }
    }
  }

  /** For each line of a segment the bound below which its words must be, 0 where anything goes. */
  long[] of(Segment segment) {
    return bounds.get(segment.index());
  }
}
