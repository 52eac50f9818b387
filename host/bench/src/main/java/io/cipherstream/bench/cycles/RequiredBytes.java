package io.cipherstream.bench.cycles;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a program has to move whatever runs it: every line that it reads before it writes
 * there, once, and every line of an argument that it writes, once.
 */
final class RequiredBytes {

  private static final long LINE_BYTES = (long) DescriptorLayout.LINE_WORDS * Long.BYTES;

  private RequiredBytes() {}

  static long of(LimbProgram program) {
    int limb = program.ring().limbLines();
    List<BitSet> read = new ArrayList<>();
    List<BitSet> written = new ArrayList<>();
    program.segments().forEach(s -> read.add(new BitSet()));
    program.segments().forEach(s -> written.add(new BitSet()));
    for (Instruction i : program.instructions()) {
      reads(i.a(), limb, read, written);
      int words = i.repeat().words(program.ring().degree());
      reads(i.b(), words / DescriptorLayout.LINE_WORDS, read, written);
      Operand d = i.d();
      if (d != null) {
        reads(i.opcode().readsD() ? d : null, limb, read, written);
        written.get(d.segment()).set(d.line(), d.line() + limb);
      }
    }
    long lines = read.stream().mapToLong(BitSet::cardinality).sum();
    for (Segment s : program.segments()) {
      if (s.access() != Segment.Access.SCRATCH) {
        lines += written.get(s.index()).cardinality();
      }
    }
    return lines * LINE_BYTES;
  }

  private static void reads(
      @Nullable Operand o, int count, List<BitSet> read, List<BitSet> written) {
    if (o == null) {
      return;
    }
    BitSet there = written.get(o.segment());
    for (int line = o.line(); line < o.line() + count; line++) {
      if (!there.get(line)) {
        read.get(o.segment()).set(line);
      }
    }
  }
}
