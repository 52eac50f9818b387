package io.cipherstream.bench.cycles;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import org.jspecify.annotations.Nullable;

/** An instruction on its way through the core. */
final class Work {

  /** A stretch of lines of a segment. */
  private record Stretch(int segment, long first, long lines) {
    boolean overlaps(@Nullable Stretch other) {
      return other != null
          && segment == other.segment
          && first < other.first + other.lines
          && other.first < first + lines;
    }
  }

  final Opcode opcode;
  final int modulus;
  final boolean transform;
  final boolean readsD;
  final boolean readsA;
  final boolean permuted;
  final boolean repeated;
  final boolean readsB;
  final boolean writes;

  /** Words of operand b as it lies in memory. */
  final int wordsB;

  /** When its operands are there: the reader's latency after it was started. */
  double operandsAt;

  boolean started;
  boolean finished;

  private final @Nullable Stretch d;
  private final @Nullable Stretch a;
  private final @Nullable Stretch b;

  Work(Instruction i, LimbRing ring) {
    opcode = i.opcode();
    modulus = i.modulus();
    transform = opcode == Opcode.NTT || opcode == Opcode.INTT;
    readsD = opcode.readsD();
    readsA = i.a() != null;
    permuted = opcode == Opcode.PERM;
    wordsB = i.repeat().words(ring.degree());
    repeated = i.b() != null && wordsB != ring.degree();
    readsB = i.b() != null && !repeated;
    writes = i.d() != null;
    d = stretch(i.d(), ring.limbLines());
    a = stretch(i.a(), ring.limbLines());
    b = stretch(i.b(), Math.max(1, wordsB / DescriptorLayout.LINE_WORDS));
  }

  private static @Nullable Stretch stretch(@Nullable Operand operand, int lines) {
    return operand == null ? null : new Stretch(operand.segment(), operand.line(), lines);
  }

  /** Whether this must wait for an earlier one: one writes what the other reads or writes. */
  boolean waitsFor(Work earlier) {
    return (d != null && (d.overlaps(earlier.d) || d.overlaps(earlier.a) || d.overlaps(earlier.b)))
        || (a != null && a.overlaps(earlier.d))
        || (b != null && b.overlaps(earlier.d));
  }
}
