package io.cipherstream.opencl.image;

import io.cipherstream.core.CoreOp;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.CoreStream;
import io.cipherstream.core.Factor;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A core program as a job of the kernel. In the pool lie, one after the other and in whole lines,
 * its <b>tables</b>: the stream of each cluster, the segment table; somewhere else the two result
 * lines. The line of the job list says where, in bytes from the pool's beginning. Immutable.
 */
public final class CoreJob {

  /** Bytes of a job in the job list. */
  public static final int JOB_BYTES = 64;

  private static final int LINE_BYTES = DescriptorLayout.LINE_WORDS * Long.BYTES;
  private static final int STREAM_LINES = 2 * Long.BYTES;
  private static final int SEGMENT_TABLE = 3 * Long.BYTES;
  private static final int SEGMENT_COUNT = 4 * Long.BYTES;
  private static final int RESULT = 5 * Long.BYTES;
  private static final int SHOWN_MAX = 300;

  /** Bytes of an entry of the segment table. */
  private static final int ENTRY_BYTES = 16;

  private final String name;
  private final LimbRing ring;
  private final int slots;
  private final List<ByteBuffer> streams = new ArrayList<>();
  private final List<Segment> segments;
  private final BitSet touched = new BitSet();
  private final int operations;
  private final int streamBytes;

  public CoreJob(CoreProgram program) {
    this.name = program.name();
    this.ring = program.ring();
    this.slots = program.slots();
    this.segments = program.segments();
    this.operations = program.ops().size();
    for (CoreOp op : program.ops()) {
      for (Factor.InMemory operand : CoreOp.memory(op)) {
        touched.set(operand.at().segment());
      }
    }
    int bytes = 0;
    for (int c = 0; c < program.clusters(); c++) {
      streams.add(CoreStream.encode(program, c));
      bytes += streams.get(c).remaining();
    }
    this.streamBytes = bytes;
  }

  /** Name of the program. */
  public String name() {
    return name;
  }

  /**
   * The program again, of one cluster: the order of operations of several is not in their streams.
   *
   * @throws IllegalStateException if it is for several
   */
  public CoreProgram program() {
    if (streams.size() > 1) {
      throw new IllegalStateException(name + " is for " + streams.size() + " clusters");
    }
    List<CoreOp> ops =
        CoreStream.decode(streams.get(0), 0, 1).stream()
            .map(entry -> Objects.requireNonNull(entry.op(), "one cluster receives nothing"))
            .toList();
    return new CoreProgram(name, ring, 1, slots, segments, ops);
  }

  /** Operations of all clusters. */
  public int operations() {
    return operations;
  }

  /** Bytes of its tables, whole lines. */
  public int tableBytes() {
    return streamBytes + segmentTableBytes(segments.size());
  }

  /** Whole lines, at least one. */
  private static int segmentTableBytes(int entries) {
    int lines = Math.max(1, (entries * ENTRY_BYTES + LINE_BYTES - 1) / LINE_BYTES);
    return lines * LINE_BYTES;
  }

  /** Words of the scratch segments that it uses; most lie in slots all the time. */
  public long scratchWords() {
    return segments.stream().filter(this::scratch).mapToLong(Segment::words).sum();
  }

  private boolean scratch(Segment s) {
    return s.access() == Segment.Access.SCRATCH && touched.get(s.index());
  }

  /**
   * Writes its tables.
   *
   * @param to little endian, from byte 0 on
   * @param arguments words of the pool at which the segments that are not scratch begin, in order
   * @param scratch word of the pool from which on {@link #scratchWords} are free
   */
  public void putTables(ByteBuffer to, List<Long> arguments, long scratch) {
    int at = 0;
    for (ByteBuffer stream : streams) {
      to.put(at, stream, stream.position(), stream.remaining());
      at += stream.remaining();
    }
    int argument = 0;
    long free = scratch;
    for (Segment s : segments) {
      if (s.access() != Segment.Access.SCRATCH) {
        entry(to, at, arguments.get(argument++), s);
      } else if (scratch(s)) {
        entry(to, at, free, s);
        free += s.words();
      }
      at += ENTRY_BYTES;
    }
  }

  /** 8 bytes base line within the pool, 4 bytes lines, 4 bytes of which bit 0 is "writable". */
  private static void entry(ByteBuffer to, int at, long word, Segment s) {
    to.putLong(at, word / DescriptorLayout.LINE_WORDS);
    to.putInt(at + 8, Math.toIntExact(s.words() / DescriptorLayout.LINE_WORDS));
    to.putInt(at + 12, s.access().writable() ? 1 : 0);
  }

  /**
   * Writes its line of the job list.
   *
   * @param to little endian, zeroed, from byte 0 on
   * @param place where its tables begin, in bytes from the pool's beginning
   * @param result where its result lines are to be
   */
  public void putJob(ByteBuffer to, long place, long result) {
    long at = place;
    long lines = 0;
    for (int c = 0; c < streams.size(); c++) {
      int bytes = streams.get(c).remaining();
      to.putLong(c * Long.BYTES, at);
      lines |= (long) (bytes / LINE_BYTES) << (Integer.SIZE * c);
      at += bytes;
    }
    to.putLong(STREAM_LINES, lines);
    to.putLong(SEGMENT_TABLE, at);
    to.putLong(SEGMENT_COUNT, segments.size());
    to.putLong(RESULT, result);
  }

  /**
   * The operation at a line of a cluster's stream, for messages.
   *
   * @return null if the stream has no such line
   */
  public @Nullable String operation(int cluster, int line) {
    int next = 0;
    for (CoreStream.Entry e : CoreStream.decode(streams.get(cluster), cluster, streams.size())) {
      next += e.op() == null ? 1 : CoreStream.lines(e.op());
      if (line >= 0 && line < next) {
        String text = e.op() == null ? "Receive[d=" + e.received() + "]" : e.op().toString();
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "...";
      }
    }
    return line == next ? "End[]" : null;
  }
}
