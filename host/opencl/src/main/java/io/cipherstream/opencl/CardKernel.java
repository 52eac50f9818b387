package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CorePart;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreTables;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jocl.CL;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/**
 * The kernel {@code limb_program} of a card. Each compute unit has its own buffers for descriptors,
 * segment table and result; the modulus tables stay on the card. Guarded by the engine's lock.
 */
final class CardKernel {

  private static final long[] ONE = {1};

  private final ClCalls calls;
  private final DeviceSession session;
  private final cl_kernel kernel;
  private final LimbRing ring;
  private final ImageManifest manifest;
  private final Map<List<Integer>, cl_mem> tables = new HashMap<>();
  private final Map<CommandStream, Unit> units = new HashMap<>();
  private final ByteBuffer ones =
      ByteBuffer.allocateDirect(CoreResult.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** The memory of a compute unit. Its queue is in order, so its runs may share it. */
  private static final class Unit {
    final int number;
    final cl_mem segments;
    final cl_mem result;
    final cl_mem descriptors;

    /** The part whose descriptors are there once the enqueued commands are done. */
    @Nullable CorePart loaded;

    Unit(int number, cl_mem segments, cl_mem result, cl_mem descriptors) {
      this.number = number;
      this.segments = segments;
      this.result = result;
      this.descriptors = descriptors;
    }
  }

  /**
   * @param instructionsMax most instructions of a run
   */
  CardKernel(
      ClCalls calls,
      DeviceSession session,
      cl_kernel kernel,
      LimbRing ring,
      ImageManifest manifest,
      int instructionsMax) {
    this.calls = calls;
    this.session = session;
    this.kernel = kernel;
    this.ring = ring;
    this.manifest = manifest;
    CoreResult.erase(ones);
    int tableBytes = CorePart.segmentTableBytes(manifest.parameters().segments());
    for (CommandStream lane : session.lanes()) {
      units.put(
          lane,
          new Unit(
              units.size(),
              memory(CL.CL_MEM_READ_ONLY, tableBytes, "segment table"),
              memory(CL.CL_MEM_READ_WRITE, CoreResult.BYTES, "result"),
              memory(
                  CL.CL_MEM_READ_ONLY,
                  (long) instructionsMax * DescriptorLayout.BYTES,
                  "descriptors")));
    }
    List<Integer> all = IntStream.range(0, ring.moduli().size()).boxed().toList();
    if (all.size() <= manifest.parameters().moduli()) {
      loadTables(all);
    }
  }

  private cl_mem memory(long flags, long bytes, String what) {
    return session.memory(flags, ByteBuffer.allocateDirect(Long.BYTES), bytes, what);
  }

  /** Number of the unit that a queue feeds. */
  int unit(CommandStream lane) {
    return unitOf(lane).number;
  }

  private Unit unitOf(CommandStream lane) {
    Unit unit = units.get(lane);
    if (unit == null) {
      throw new IllegalArgumentException("the queue is none for programs");
    }
    return unit;
  }

  /** Makes sure that the tables of a part's moduli are on the card. */
  void ready(CorePart part) {
    if (!part.moduli().isEmpty() && !tables.containsKey(part.moduli())) {
      loadTables(part.moduli());
    }
  }

  private void loadTables(List<Integer> moduli) {
    ByteBuffer words = CoreTables.of(ring, moduli, manifest.montgomeryBits());
    tables.put(
        moduli,
        session.memory(CL.CL_MEM_READ_ONLY, words, words.remaining(), "root tables of " + ring));
  }

  /**
   * Enqueues one run: its inputs are copied to the card, the kernel runs, the result is copied
   * back.
   *
   * @param segments its segment table, direct
   * @param result receives the result lines, direct
   * @return number of the kernel's event within the command
   */
  @SuppressWarnings("ReferenceEquality") // what the card holds is this very part, or another
  int enqueue(
      CorePart part,
      ByteBuffer segments,
      ByteBuffer result,
      DeviceCommand command,
      cl_event[] waits) {
    CommandStream lane = command.stream();
    Unit unit = unitOf(lane);
    // In an in-order queue only the first command has to wait.
    command.add(calls.write(lane.queue(), unit.segments, 0, segments, waits));
    command.add(calls.write(lane.queue(), unit.result, 0, ones, new cl_event[0]));
    if (unit.loaded != part && part.count() > 0) {
      command.add(
          calls.write(lane.queue(), unit.descriptors, 0, part.descriptors(), new cl_event[0]));
      unit.loaded = part;
    }
    arguments(part, unit);
    int launched = command.events().size();
    command.add(calls.launch(lane.queue(), kernel, ONE, ONE));
    command.add(calls.read(lane.queue(), unit.result, 0, result, new cl_event[0]));
    return launched;
  }

  /** In the order of the core's registers. */
  private void arguments(CorePart part, Unit unit) {
    int index = 0;
    calls.setArgument(kernel, index++, unit.descriptors);
    calls.setArgument(kernel, index++, unit.segments);
    // A run without moduli reads no table, but has to name memory.
    calls.setArgument(kernel, index++, tables.getOrDefault(part.moduli(), unit.segments));
    calls.setArgument(kernel, index++, session.pool());
    calls.setArgument(kernel, index++, unit.result);
    calls.setArgument(kernel, index++, part.count());
    calls.setArgument(kernel, index++, part.entries().size());
    calls.setArgument(kernel, index++, part.moduli().size());
    calls.setArgument(kernel, index++, ring.degreeBits());
    calls.setArgument(
        kernel, index, session.poolBytes() / Long.BYTES / DescriptorLayout.LINE_WORDS);
  }
}
