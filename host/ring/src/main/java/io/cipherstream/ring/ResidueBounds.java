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

  /**
   * Whether words are what the program may read.
   *
   * @param data words of each argument, in order
   * @throws ProgramException for the first word that is read as a residue and is none
   */
  static void check(LimbProgram program, List<long[]> data) {
    ResidueBounds bounds = new ResidueBounds(program);
    for (int i = 0; i < data.size(); i++) {
      Segment segment = program.arguments().get(i);
      long[] below = bounds.of(segment);
      long[] words = data.get(i);
      for (int k = 0; k < words.length; k++) {
        long bound = below[k / DescriptorLayout.LINE_WORDS];
        if (bound != 0 && (words[k] < 0 || words[k] >= bound)) {
          throw new ProgramException(
              String.format(
                  "%s: word %d of segment %s is %s, expected one below the modulus %d by which it"
                      + " is read",
                  program.name(), k, segment.name(), Long.toUnsignedString(words[k]), bound));
        }
      }
    }
  }

  /** For each line of a segment the bound below which its words must be, 0 where anything goes. */
  long[] of(Segment segment) {
    return bounds.get(segment.index());
  }
}
