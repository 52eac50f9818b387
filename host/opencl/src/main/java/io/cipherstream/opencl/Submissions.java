package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jocl.cl_event;
import org.jspecify.annotations.Nullable;

/** Gives transfers and programs to the device's queues. */
final class Submissions {

  private final ClCalls calls;
  private final DeviceSession session;
  private final DeviceMemory memory;
  private final CommandTracker tracker;
  private final int programsMax;
  private final Staging staging = new Staging();
  private int programsUnderWay;
  private long count;
  private long instructions;

  Submissions(
      ClCalls calls,
      DeviceSession session,
      DeviceMemory memory,
      CommandTracker tracker,
      int programsMax) {
    this.calls = calls;
    this.session = session;
    this.memory = memory;
    this.tracker = tracker;
    this.programsMax = programsMax;
  }

  /** Puts OpenCL commands into a stream's queue and their events into the command. */
  private interface Enqueue {
    void to(DeviceCommand command, cl_event[] waits);
  }

  DeviceCommand upload(ByteBuffer source, OpenClBuffer target, long word) {
    return transfer(target, true, source, word);
  }

  DeviceCommand download(OpenClBuffer source, long word, ByteBuffer target) {
    return transfer(source, false, target, word);
  }

  private DeviceCommand transfer(OpenClBuffer buffer, boolean up, ByteBuffer host, long word) {
    tracker.lock();
    try {
      tracker.ensureUsable();
      Holds holds = new Holds();
      try {
        buffer.acquire();
        holds.add(() -> memory.release(buffer));
        CommandStream stream = transferStream(buffer.usage(), up);
        DeviceCommand command = new DeviceCommand(stream);
        holds.moveTo(command);
        // The host's memory stays reachable until the device is done with it.
        command.onFinish(() -> Objects.requireNonNull(host));
        Set<DeviceCommand> waits = buffer.usage().before(stream, up);
        if (up) {
          buffer.usage().writes(command);
        } else {
          buffer.usage().reads(command);
        }
        long at = (buffer.region().word() + word) * Long.BYTES;
        start(
            command,
            waits,
            (c, events) ->
                c.add(
                    up
                        ? calls.write(stream.queue(), session.pool(), at, host, events)
                        : calls.read(stream.queue(), session.pool(), at, host, events)));
        return command;
      } finally {
        holds.letGo();
      }
    } finally {
      tracker.unlock();
    }
  }

  /**
   * The stream for a transfer: the direction's own if it can start at once, else an idle one of
   * those for waiting, once there is one.
   */
  private CommandStream transferStream(Usage usage, boolean up) {
    CommandStream own = up ? session.up() : session.down();
    while (!usage.before(own, up).isEmpty()) {
      for (CommandStream stream : session.waiting()) {
        if (stream.unfinished() == 0) {
          return stream;
        }
      }
      tracker.awaitChange();
    }
    return own;
  }

  /** Starts a program whose arguments were checked. */
  DeviceCommand submit(LimbProgram program, List<Arguments.Bound> bound) {
    DeviceProgram plan = null;
    if (!isResident(program)) {
      plan = new DeviceProgram(program, session.kernels());
    }
    tracker.lock();
    try {
      tracker.ensureUsable();
      Set<OpenClBuffer> buffers = new LinkedHashSet<>();
      bound.forEach(b -> buffers.add(b.buffer()));
      Holds holds = new Holds();
      try {
        for (OpenClBuffer buffer : buffers) {
          buffer.acquire();
          holds.add(() -> memory.release(buffer));
        }
        while (programsUnderWay >= programsMax) {
          tracker.awaitChange();
        }
        CommandStream lane = lane(bound);
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
        DeviceCommand command = new DeviceCommand(lane);
        holds.moveTo(command);
        programsUnderWay++;
        command.onFinish(() -> programsUnderWay--);
        Set<DeviceCommand> waits = hazards(command, bound, resident);
        command.makesResult(nanos -> result(nanos, program, resident.program(), table));
        start(command, waits, (c, events) -> enqueue(c, events, program, resident, region, table));
        count++;
        instructions += program.instructions().size();
        return command;
      } finally {
        holds.letGo();
      }
    } finally {
      tracker.unlock();
    }
  }

  private boolean isResident(LimbProgram program) {
    tracker.lock();
    try {
      return memory.resident(program) != null;
    } finally {
      tracker.unlock();
    }
  }

  /** The stream of whatever the program has to wait for anyway, or the one with least to do. */
  private CommandStream lane(List<Arguments.Bound> bound) {
    CommandStream least = session.lanes().get(0);
    for (CommandStream lane : session.lanes()) {
      least = lane.unfinished() < least.unfinished() ? lane : least;
    }
    for (Arguments.Bound b : bound) {
      CommandStream busy = b.buffer().usage().busyStream(b.segment().access().writable());
      if (busy != null && session.lanes().contains(busy)) {
        return busy;
      }
    }
    return least;
  }

  private ResidentProgram resident(
      LimbProgram program, @Nullable DeviceProgram plan, CommandStream lane) {
    ResidentProgram known = memory.resident(program);
    if (known != null) {
      return known;
    }
    DeviceProgram made = plan == null ? new DeviceProgram(program, session.kernels()) : plan;
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
    start(
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
      List<Arguments.Bound> bound,
      ResidentProgram resident,
      Arena.Region region,
      int tableWords) {
    table.putLong(0, resident.region().word());
    table.putLong(Long.BYTES, resident.region().word() + resident.program().descriptorWords());
    long scratch = region.word() + scratchBegin(tableWords);
    int argument = 0;
    for (Segment segment : program.segments()) {
      long begin;
      if (segment.access() == Segment.Access.SCRATCH) {
        begin = scratch;
        scratch += segment.words();
      } else {
        begin = bound.get(argument++).begin();
      }
      table.putLong((2 + segment.index()) * Long.BYTES, begin);
    }
  }

  private static Set<DeviceCommand> hazards(
      DeviceCommand command, List<Arguments.Bound> bound, ResidentProgram resident) {
    CommandStream lane = command.stream();
    Set<DeviceCommand> waits = resident.usage().before(lane, false);
    resident.usage().reads(command);
    for (Arguments.Bound b : bound) {
      waits.addAll(b.buffer().usage().before(lane, b.segment().access().writable()));
    }
    for (Arguments.Bound b : bound) {
      if (!b.segment().access().writable()) {
        b.buffer().usage().reads(command);
      }
    }
    for (Arguments.Bound b : bound) {
      if (b.segment().access().writable()) {
        b.buffer().usage().writes(command);
      }
    }
    return waits;
  }

  private void enqueue(
      DeviceCommand command,
      cl_event[] waits,
      LimbProgram program,
      ResidentProgram resident,
      Arena.Region region,
      ByteBuffer table) {
    CommandStream lane = command.stream();
    command.add(
        calls.write(lane.queue(), session.pool(), region.word() * Long.BYTES, table, waits));
    for (DeviceProgram.TimedStep step : resident.program().steps()) {
      command.add(session.kernels().launch(lane.queue(), step.step(), region.word()));
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

  private static ProgramResult result(
      long[] nanos, LimbProgram program, DeviceProgram plan, ByteBuffer table) {
    long zeros = 0;
    for (int i = 0; i < plan.zeroCounters(); i++) {
      zeros +=
          Integer.toUnsignedLong(
              table.getInt((DeviceProgram.firstCounter(program) + i) * Integer.BYTES));
    }
    return new ProgramResult(zeros, plan.nanosByOpcode(nanos, 1));
  }

  /** Enqueues a command after others; if that fails, the device is lost. Lock held. */
  private void start(DeviceCommand command, Set<DeviceCommand> waits, Enqueue enqueue) {
    tracker.begin(command);
    cl_event[] events = waits.stream().map(DeviceCommand::last).toArray(cl_event[]::new);
    try {
      enqueue.to(command, events);
      calls.flush(command.stream().queue());
    } catch (RuntimeException | Error e) {
      EngineException failure = CommandTracker.failure("starting a command", e);
      tracker.lose(failure);
      if (command.events().isEmpty()) {
        tracker.abandon(command);
      } else {
        command.stream().await(command);
      }
      throw failure;
    }
    command.stream().await(command);
  }

  void await(DeviceCommand command) {
    tracker.await(command, false);
  }

  ProgramResult awaitResult(DeviceCommand command) {
    return Objects.requireNonNull(tracker.await(command, true));
  }

  long count() {
    tracker.lock();
    try {
      return count;
    } finally {
      tracker.unlock();
    }
  }

  long instructions() {
    tracker.lock();
    try {
      return instructions;
    } finally {
      tracker.unlock();
    }
  }
}
