package io.cipherstream.opencl.image;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A range of a program's instructions that a core takes as one run. Immutable.
 *
 * @param first its first instruction within the program
 * @param count its instructions
 * @param descriptors their descriptors, with segments and moduli numbered as in this part's tables;
 *     direct
 * @param entries the segments of each entry of its segment table
 * @param moduli index in the ring of each entry of its modulus table
 * @param cycles the cycles of its instructions
 */
public record CorePart(
    int first,
    int count,
    ByteBuffer descriptors,
    List<Entry> entries,
    List<Integer> moduli,
    CoreCycles cycles) {

  /** Bytes of an entry of the segment table. */
  public static final int ENTRY_BYTES = 16;

  private static final int ENTRIES_A_LINE = DescriptorLayout.LINE_WORDS * Long.BYTES / ENTRY_BYTES;

  /**
   * An entry of the segment table: segments of the program that are adjacent in the pool.
   *
   * @param segment the first of them
   * @param lines lines of all of them
   */
  public record Entry(int segment, long lines, boolean writable) {

    static Entry of(Segment segment) {
      return new Entry(
          segment.index(),
          segment.words() / DescriptorLayout.LINE_WORDS,
          segment.access().writable());
    }
  }

  public CorePart {
    entries = List.copyOf(entries);
    moduli = List.copyOf(moduli);
  }

  @Override
  public ByteBuffer descriptors() {
    return descriptors.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of its segment table, whole lines. */
  public int segmentTableBytes() {
    return segmentTableBytes(entries.size());
  }

  /** Bytes of a segment table of that many entries, whole lines, at least one. */
  public static int segmentTableBytes(int entries) {
    int lines = Math.max(1, (entries + ENTRIES_A_LINE - 1) / ENTRIES_A_LINE);
    return lines * ENTRIES_A_LINE * ENTRY_BYTES;
  }

  /**
   * Writes the segment table: 8 bytes base line within the pool, 4 bytes lines, 4 bytes of which
   * bit 0 says that it may be written.
   *
   * @param to little endian, from its position on
   * @param begins word of the pool at which each segment of the program begins
   */
  public void putSegmentTable(ByteBuffer to, long[] begins) {
    int at = to.position();
    for (Entry entry : entries) {
      to.putLong(at, begins[entry.segment()] / DescriptorLayout.LINE_WORDS);
      to.putInt(at + 8, Math.toIntExact(entry.lines()));
      to.putInt(at + 12, entry.writable() ? 1 : 0);
      at += ENTRY_BYTES;
    }
  }

  /** The number within the program of an instruction of this part. */
  public int instruction(int descriptor) {
    return first + descriptor;
  }

  /** The part's place in a program, for messages. */
  public String place(LimbProgram program) {
    return count == program.instructions().size()
        ? program.name()
        : program.name() + ", instructions " + first + " to " + (first + count - 1);
  }
}
