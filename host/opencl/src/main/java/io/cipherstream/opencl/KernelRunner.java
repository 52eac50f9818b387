package io.cipherstream.opencl;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jocl.cl_event;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs with kernels. A program's tables stay in the pool; a submission adds its own small
 * table and scratch memory.
 */
final class KernelRunner implements ProgramRunner {

  private final ClCalls calls;
  private final DeviceSession session;
  private final KernelSet kernels;
  private final DeviceMemory memory;
  private final CommandTracker tracker;
  private final TransferStaging staging = new TransferStaging();

  KernelRunner(
      ClCalls calls,
      DeviceSession session,
      KernelSet kernels,
      DeviceMemory memory,
      CommandTracker tracker) {
    this.calls = calls;
    this.session = session;
    this.kernels = kernels;
    this.memory = memory;
    this.tracker = tracker;
  }

  @Override
  public Prepared prepare(LimbProgram program) {
    DeviceProgram plan = isResident(program) ? null : new DeviceProgram(program, kernels);
    return (bound, lane, holds) -> begin(program, plan, bound, lane, holds);
  }

  private boolean isResident(LimbProgram program) {
    tracker.lock();
    try {
      return memory.resident(program) != null;
    } finally {
      tracker.unlock();
    }
  }

  private Run begin(
      LimbProgram program,
      @Nullable DeviceProgram plan,
      List<ProgramArguments.Bound<OpenClBuffer>> bound,
      CommandStream lane,
      Holds holds) {
    ResidentProgram resident = resident(program, plan, lane);
    resident.acquire();
    holds.add(resident::release);
    int tableWords = DeviceProgram.submissionWords(program, resident.program().zeroCounters());
    Arena.Region region =
        memory.take(
            scratchBegin(tableWords) + program.scratchWords(),
            "the scratch memory of " + program.name());
    holds.add(() -> memory.give(region));
    ByteBuffer table = staging.take(tableWords);
    holds.add(() -> staging.give(table));
    fill(table, program, bound, resident, region, tableWords);
    return new KernelRun(program, resident, region, table);
  }

  private ResidentProgram resident(
      LimbProgram program, @Nullable DeviceProgram plan, CommandStream lane) {
    ResidentProgram known = memory.resident(program);
    if (known != null) {
      return known;
    }
    DeviceProgram made = plan == null ? new DeviceProgram(program, kernels) : plan;
    ByteBuffer tables = made.tables();
    Arena.Region region =
        memory.take(tables.remaining() / Long.BYTES, "the tables of " + program.name());
    ResidentProgram other = memory.resident(program);
    if (other != null) {
      memory.give(region);
      return other;
    }
    ResidentProgram resident = new ResidentProgram(made, region);
    resident.acquire();
    DeviceCommand command = new DeviceCommand(lane);
    command.onFinish(resident::release);
    resident.usage().writes(command);
    memory.keep(program, resident);
    long at = region.word() * Long.BYTES;
    tracker.start(
        command,
        Set.of(),
        (c, events) -> c.add(calls.write(lane.queue(), session.pool(), at, tables, events)));
    return resident;
  }

  /** First scratch word after a table, at the beginning of a line of the pool's granules. */
  private static long scratchBegin(int tableWords) {
    return (tableWords + Arena.GRANULE_WORDS - 1L) / Arena.GRANULE_WORDS * Arena.GRANULE_WORDS;
  }

  private static void fill(
      ByteBuffer table,
      LimbProgram program,
      List<ProgramArguments.Bound<OpenClBuffer>> bound,
      ResidentProgram resident,
      Arena.Region region,
      int tableWords) {
    table.putLong(0, resident.region().word());
    table.putLong(Long.BYTES, resident.region().word() + resident.program().descriptorWords());
    long[] begins = PoolArguments.begins(program, bound, region.word() + scratchBegin(tableWords));
    for (Segment segment : program.segments()) {
      table.putLong((2 + segment.index()) * Long.BYTES, begins[segment.index()]);
    }
  }

  private final class KernelRun implements Run {
    private final LimbProgram program;
    private final ResidentProgram resident;
    private final Arena.Region region;
    private final ByteBuffer table;

    KernelRun(
        LimbProgram program, ResidentProgram resident, Arena.Region region, ByteBuffer table) {
      this.program = program;
      this.resident = resident;
      this.region = region;
      this.table = table;
    }

    @Override
    public Set<DeviceCommand> waits(DeviceCommand command) {
      Set<DeviceCommand> waits = resident.usage().before(command.stream(), false);
      resident.usage().reads(command);
      return waits;
    }

    @Override
    public long allowanceNanos() {
      return 0;
    }

    @Override
    public void enqueue(DeviceCommand command, cl_event[] waits) {
      CommandStream lane = command.stream();
      command.add(
          calls.write(lane.queue(), session.pool(), region.word() * Long.BYTES, table, waits));
      for (DeviceProgram.TimedStep step : resident.program().steps()) {
        command.add(kernels.launch(lane.queue(), step.step(), region.word()));
      }
      if (resident.program().zeroCounters() > 0) {
        int first = DeviceProgram.firstCounter(program) * Integer.BYTES;
        ByteBuffer counters = table.duplicate().position(first);
        command.add(
            calls.read(
                lane.queue(),
                session.pool(),
                region.word() * Long.BYTES + first,
                counters,
                new cl_event[0]));
      }
    }

    @Override
    public ProgramResult result(long[] nanos) {
      DeviceProgram plan = resident.program();
      long zeros = 0;
      for (int i = 0; i < plan.zeroCounters(); i++) {
        zeros +=
            Integer.toUnsignedLong(
                table.getInt((DeviceProgram.firstCounter(program) + i) * Integer.BYTES));
      }
      return new ProgramResult(zeros, plan.nanosByOpcode(nanos, 1));
    }
  }
}
