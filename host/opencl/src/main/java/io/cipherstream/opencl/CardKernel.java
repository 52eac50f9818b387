package io.cipherstream.opencl;

import io.cipherstream.core.RoundParts;
import io.cipherstream.opencl.image.CoreJob;
import io.cipherstream.opencl.image.CoreTables;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jocl.CL;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/**
 * The kernel {@code core_program} of a card. Each compute unit has memory for its job list; root
 * tables stay on the card, everything else of a job lies in the pool. Guarded by the engine's lock.
 */
final class CardKernel {

  private static final long[] ONE = {1};

  private final ClCalls calls;
  private final DeviceSession session;
  private final cl_kernel kernel;
  private final LimbRing ring;
  private final cl_mem tables;
  private final Map<CommandStream, Unit> units = new HashMap<>();

  /** A compute unit and its job list. */
  private record Unit(int number, cl_mem jobs) {}

  CardKernel(
      ClCalls calls,
      DeviceSession session,
      cl_kernel kernel,
      LimbRing ring,
      ImageManifest manifest) {
    this.calls = calls;
    this.session = session;
    this.kernel = kernel;
    this.ring = ring;
    for (CommandStream lane : session.lanes()) {
      cl_mem jobs =
          session.memory(
              CL.CL_MEM_READ_ONLY,
              ByteBuffer.allocateDirect(CoreJob.JOB_BYTES),
              (long) RoundParts.PARTS_MAX * CoreJob.JOB_BYTES,
              "job list");
      units.put(lane, new Unit(units.size(), jobs));
    }
    ByteBuffer words =
        CoreTables.of(
            ring,
            IntStream.range(0, ring.moduli().size()).boxed().toList(),
            manifest.montgomeryBits());
    this.tables =
        session.memory(CL.CL_MEM_READ_ONLY, words, words.remaining(), "root tables of " + ring);
  }

  /** Number of the unit that a queue feeds. */
  int unit(CommandStream lane) {
    return unitOf(lane).number();
  }

  private Unit unitOf(CommandStream lane) {
    Unit unit = units.get(lane);
    if (unit == null) {
      throw new IllegalArgumentException("the queue is none for programs");
    }
    return unit;
  }

  /**
   * Enqueues a job list: the jobs' tables and erased results are copied to the pool, the kernel
   * runs, the results are copied back.
   *
   * @param place byte of the pool for tables and results
   * @param tables of all jobs, direct; from {@code resultByte} on the results
   * @param list a line for each job, direct
   * @return number of the kernel's event within the command
   */
  int enqueue(
      long place,
      ByteBuffer tables,
      int resultByte,
      ByteBuffer list,
      DeviceCommand command,
      cl_event[] waits) {
    CommandStream lane = command.stream();
    Unit unit = unitOf(lane);
    // In an in-order queue only the first command has to wait.
    command.add(calls.write(lane.queue(), session.pool(), place, tables, waits));
    command.add(calls.write(lane.queue(), unit.jobs(), 0, list, new cl_event[0]));
    arguments(unit, list.remaining() / CoreJob.JOB_BYTES);
    int launched = command.events().size();
    command.add(calls.launch(lane.queue(), kernel, ONE, ONE));
    ByteBuffer results = tables.duplicate().position(resultByte);
    command.add(
        calls.read(lane.queue(), session.pool(), place + resultByte, results, new cl_event[0]));
    return launched;
  }

  /** In the order of the core's registers; jobs have segment tables and results of their own. */
  private void arguments(Unit unit, int jobs) {
    int index = 0;
    calls.setArgument(kernel, index++, unit.jobs());
    calls.setArgument(kernel, index++, unit.jobs());
    calls.setArgument(kernel, index++, tables);
    calls.setArgument(kernel, index++, session.pool());
    calls.setArgument(kernel, index++, unit.jobs());
    calls.setArgument(kernel, index++, jobs);
    calls.setArgument(kernel, index++, 0);
    calls.setArgument(kernel, index++, ring.moduli().size());
    calls.setArgument(kernel, index++, ring.degreeBits());
    calls.setArgument(
        kernel, index, session.poolBytes() / Long.BYTES / DescriptorLayout.LINE_WORDS);
  }
}
