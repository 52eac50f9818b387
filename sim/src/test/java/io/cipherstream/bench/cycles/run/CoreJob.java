package io.cipherstream.bench.cycles.run;

import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.CoreStream;
import io.cipherstream.opencl.image.CoreTables;
import io.cipherstream.ring.Segment;
import io.cipherstream.sim.RawKernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A job list of one job, as the kernel of the fused clusters takes it: streams, segment table,
 * result and segments lie in the pool, in that order, and the job says where.
 */
final class CoreJob {

  private static final int LINE_BYTES = 64;
  private static final int RESULT_LINES = 2;
  private static final int ENTRY_BYTES = 16;

  private final CoreProgram program;
  private final List<long[]> arguments;
  private final ByteBuffer tables;
  private final int moduli;
  private final List<ByteBuffer> streams = new ArrayList<>();
  private final int[] bases;
  private final int segmentTable;
  private final int result;
  private final int poolLines;

  /**
   * @param arguments words of each argument; replaced when the job has run
   * @param montgomeryBits log₂ R of the kernel
   */
  CoreJob(CoreProgram program, List<long[]> arguments, int montgomeryBits) {
    this.program = program;
    this.arguments = arguments;
    moduli = program.ring().moduli().size();
    tables =
        CoreTables.of(program.ring(), IntStream.range(0, moduli).boxed().toList(), montgomeryBits);
    int at = 0;
    for (int c = 0; c < program.clusters(); c++) {
      streams.add(CoreStream.encode(program, c));
      at += streams.get(c).remaining() / LINE_BYTES;
    }
    segmentTable = at;
    at += (program.segments().size() * ENTRY_BYTES + LINE_BYTES - 1) / LINE_BYTES;
    result = at;
    at += RESULT_LINES;
    bases = new int[program.segments().size()];
    for (Segment s : program.segments()) {
      bases[s.index()] = at;
      at += Math.toIntExact(s.words() * Long.BYTES / LINE_BYTES);
    }
    poolLines = at;
  }

  /** What the result line says. */
  record Outcome(int status, long zeroWords, long cycles, long operations) {}

  /** Runs it. */
  Outcome run(RawKernel kernel) {
    ByteBuffer pool = filled();
    ByteBuffer unused = direct(1);
    kernel.run(
        new ByteBuffer[] {list(), unused, tables, pool, direct(1)},
        new int[] {1, 0, moduli, program.ring().degreeBits()},
        poolLines);
    int argument = 0;
    for (Segment s : program.segments()) {
      if (s.access() != Segment.Access.SCRATCH) {
        pool.position(bases[s.index()] * LINE_BYTES)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asLongBuffer()
            .get(arguments.get(argument++));
      }
    }
    int line = result * LINE_BYTES;
    return new Outcome(
        pool.getInt(line),
        pool.getLong(line + Long.BYTES),
        pool.getLong(line + 2 * Long.BYTES),
        pool.getLong(line + 5 * Long.BYTES));
  }

  private ByteBuffer list() {
    ByteBuffer job = direct(1);
    int at = 0;
    long lines = 0;
    for (int c = 0; c < streams.size(); c++) {
      job.putLong(c * Long.BYTES, (long) at * LINE_BYTES);
      long count = streams.get(c).remaining() / LINE_BYTES;
      lines |= count << (Integer.SIZE * c);
      at += (int) count;
    }
    return job.putLong(2 * Long.BYTES, lines)
        .putLong(3 * Long.BYTES, (long) segmentTable * LINE_BYTES)
        .putLong(4 * Long.BYTES, program.segments().size())
        .putLong(5 * Long.BYTES, (long) result * LINE_BYTES);
  }

  private ByteBuffer filled() {
    ByteBuffer pool = direct(poolLines);
    int at = 0;
    for (ByteBuffer stream : streams) {
      pool.put(at, stream, stream.position(), stream.remaining());
      at += stream.remaining();
    }
    int argument = 0;
    for (Segment s : program.segments()) {
      int entry = segmentTable * LINE_BYTES + s.index() * ENTRY_BYTES;
      pool.putLong(entry, bases[s.index()]);
      pool.putInt(entry + Long.BYTES, Math.toIntExact(s.words() * Long.BYTES / LINE_BYTES));
      pool.putInt(entry + Long.BYTES + Integer.BYTES, s.access().writable() ? 1 : 0);
      if (s.access() != Segment.Access.SCRATCH) {
        pool.position(bases[s.index()] * LINE_BYTES)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asLongBuffer()
            .put(arguments.get(argument++));
      }
    }
    return pool;
  }

  private static ByteBuffer direct(int lines) {
    return ByteBuffer.allocateDirect(lines * LINE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
