package io.cipherstream.bench.cycles.run;

import io.cipherstream.core.CoreProgram;
import io.cipherstream.opencl.image.CoreJob;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreTables;
import io.cipherstream.ring.Segment;
import io.cipherstream.sim.RawKernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A job list of one job on the kernel, without an engine: arguments, scratch, tables. */
final class RawJob {

  private static final int LINE_BYTES = 64;

  private final CoreProgram program;
  private final CoreJob job;
  private final List<long[]> arguments;
  private final int montgomeryBits;
  private final List<Long> begins = new ArrayList<>();
  private final long words;

  /**
   * @param arguments words of each argument; replaced when the job has run
   * @param montgomeryBits log₂ R of the kernel
   */
  RawJob(CoreProgram program, List<long[]> arguments, int montgomeryBits) {
    this.program = program;
    this.job = new CoreJob(program);
    this.arguments = arguments;
    this.montgomeryBits = montgomeryBits;
    long at = 0;
    for (Segment s : program.segments()) {
      if (s.access() != Segment.Access.SCRATCH) {
        begins.add(at);
        at += s.words();
      }
    }
    words = at;
  }

  /** Runs it. */
  CoreResult run(RawKernel kernel) {
    long place = (words + job.scratchWords()) * Long.BYTES;
    long result = place + job.tableBytes();
    ByteBuffer pool = direct(result + CoreResult.BYTES);
    job.putTables(
        pool.slice((int) place, job.tableBytes()).order(ByteOrder.LITTLE_ENDIAN), begins, words);
    ByteBuffer list = direct(CoreJob.JOB_BYTES);
    job.putJob(list, place, result);
    for (int i = 0; i < arguments.size(); i++) {
      at(pool, begins.get(i)).put(arguments.get(i));
    }
    int moduli = program.ring().moduli().size();
    ByteBuffer tables =
        CoreTables.of(program.ring(), IntStream.range(0, moduli).boxed().toList(), montgomeryBits);
    kernel.run(
        new ByteBuffer[] {list, direct(LINE_BYTES), tables, pool, direct(LINE_BYTES)},
        new int[] {1, 0, moduli, program.ring().degreeBits()},
        pool.capacity() / LINE_BYTES);
    for (int i = 0; i < arguments.size(); i++) {
      at(pool, begins.get(i)).get(arguments.get(i));
    }
    return CoreResult.of(pool.slice((int) result, CoreResult.BYTES));
  }

  private static LongBuffer at(ByteBuffer pool, long word) {
    int begin = Math.toIntExact(word * Long.BYTES);
    return pool.slice(begin, pool.capacity() - begin).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
