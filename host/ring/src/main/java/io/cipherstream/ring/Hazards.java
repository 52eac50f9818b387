package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which instructions of a program must keep their order: an instruction comes after those that
 * wrote what it reads (read after write), that read what it overwrites (write after read) and that
 * wrote what it overwrites (write after write). Only the last writer and the readers since are
 * named; older ones follow through them.
 */
final class Hazards {

  private final Links predecessors;
  private final BitSet readers;
  private final int[] soleWriters;

  private Hazards(Links predecessors, BitSet readers, int[] soleWriters) {
    this.predecessors = predecessors;
    this.readers = readers;
    this.soleWriters = soleWriters;
  }

  /** The instructions that must come before each. */
  Links predecessors() {
    return predecessors;
  }

  /**
   * Whether link {@code at} of {@link #predecessors} is there as its target read what is written.
   */
  boolean isReader(int at) {
    return readers.get(at);
  }

  /**
   * For an instruction that updates d: the one that wrote all of d if nothing touched any of it in
   * between, else {@link RegionTracker#NONE}.
   */
  int soleWriter(int instruction) {
    return soleWriters[instruction];
  }

  static Hazards of(LimbProgram program) {
    return new Scan(program).run();
  }

  private static final class Scan implements RegionTracker.Sink {
    private final LimbProgram program;
    private final List<@Nullable RegionTracker> trackers = new ArrayList<>();
    private final Links.Builder links;
    private final BitSet readers = new BitSet();
    private final int[] seenWriter;
    private final int[] seenReader;
    private int current;
    private int size;

    Scan(LimbProgram program) {
      this.program = program;
      for (Segment s : program.segments()) {
        int lines = (int) (s.words() / DescriptorLayout.LINE_WORDS);
        trackers.add(s.access().writable() ? new RegionTracker(lines) : null);
      }
      int count = program.instructions().size();
      links = new Links.Builder(count);
      seenWriter = new int[count];
      seenReader = new int[count];
      Arrays.fill(seenWriter, RegionTracker.NONE);
      Arrays.fill(seenReader, RegionTracker.NONE);
    }

    Hazards run() {
      LimbRing ring = program.ring();
      int limb = ring.limbLines();
      int[] soleWriters = new int[program.instructions().size()];
      for (current = 0; current < soleWriters.length; current++) {
        Instruction i = program.instructions().get(current);
        Operand d = i.d();
        Operand updated = i.opcode().readsD() ? d : null;
        soleWriters[current] = soleWriter(updated, limb);
        reads(i.a(), limb);
        reads(i.b(), i.repeat().words(ring.degree()) / DescriptorLayout.LINE_WORDS);
        reads(updated, limb);
        if (d != null) {
          tracker(d).write(current, d.line(), d.line() + limb, this);
        }
        links.endNode();
      }
      return new Hazards(links.build(), readers, soleWriters);
    }

    private int soleWriter(@Nullable Operand d, int lines) {
      return d == null ? RegionTracker.NONE : tracker(d).soleWriter(d.line(), d.line() + lines);
    }

    private void reads(@Nullable Operand operand, int lines) {
      if (operand != null) {
        RegionTracker tracker = trackers.get(operand.segment());
        if (tracker != null) {
          tracker.read(current, operand.line(), operand.line() + lines, this);
        }
      }
    }

    private RegionTracker tracker(Operand d) {
      RegionTracker tracker = trackers.get(d.segment());
      if (tracker == null) {
        throw new IllegalStateException("checked programs do not write to segment " + d.segment());
      }
      return tracker;
    }

    @Override
    public void after(int instruction, boolean read) {
      int[] seen = read ? seenReader : seenWriter;
      if (seen[instruction] != current) {
        seen[instruction] = current;
        readers.set(size++, read);
        links.add(instruction);
      }
    }
  }
}
