package io.cipherstream.opencl;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.ProgramResult;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** Gives transfers and programs to the device's queues. */
final class Submissions {

  private final ClCalls calls;
  private final DeviceSession session;
  private final DeviceMemory memory;
  private final CommandTracker tracker;
  private final ProgramRunner runner;
  private final int programsMax;
  private int programsUnderWay;
  private long count;
  private long instructions;

  Submissions(
      ClCalls calls,
      DeviceSession session,
      DeviceMemory memory,
      CommandTracker tracker,
      ProgramRunner runner,
      int programsMax) {
    this.calls = calls;
    this.session = session;
    this.memory = memory;
    this.tracker = tracker;
    this.runner = runner;
    this.programsMax = programsMax;
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
        tracker.start(
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
   * The stream for a transfer: that of its direction if it can start at once, else an idle one of
   * those for waiting transfers, when one is free.
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
  DeviceCommand submit(LimbProgram program, List<ProgramArguments.Bound<OpenClBuffer>> bound) {
    ProgramRunner.Prepared prepared = runner.prepare(program);
    return submit(
        program.name(),
        program.instructions().size(),
        bound,
        OpenClBuffer::acquire,
        (lane, holds) -> prepared.begin(bound, lane, holds));
  }

  /** Makes a run when its queue is known. Lock held, and released while waiting for memory. */
  interface Beginning {
    ProgramRunner.Run on(CommandStream lane, Holds holds);
  }

  /**
   * Starts what was prepared.
   *
   * @param bound all that it reads and writes
   * @param acquire how it takes hold of buffers
   */
  DeviceCommand submit(
      String name,
      long instructionCount,
      List<ProgramArguments.Bound<OpenClBuffer>> bound,
      Consumer<OpenClBuffer> acquire,
      Beginning beginning) {
    tracker.lock();
    try {
      tracker.ensureUsable();
      Set<OpenClBuffer> buffers = new LinkedHashSet<>();
      bound.forEach(b -> buffers.add(b.buffer()));
      Holds holds = new Holds();
      try {
        for (OpenClBuffer buffer : buffers) {
          acquire.accept(buffer);
          holds.add(() -> memory.release(buffer));
        }
        while (programsUnderWay >= programsMax) {
          tracker.awaitChange();
        }
        CommandStream lane = lane(bound);
        ProgramRunner.Run run = beginning.on(lane, holds);
        DeviceCommand command = new DeviceCommand(lane);
        command.runs(name, run.allowanceNanos());
        holds.moveTo(command);
        programsUnderWay++;
        command.onFinish(() -> programsUnderWay--);
        Set<DeviceCommand> waits = run.waits(command);
        hazards(command, bound, waits);
        command.makesResult(run);
        tracker.start(command, waits, run::enqueue);
        count++;
        instructions += instructionCount;
        return command;
      } finally {
        holds.letGo();
      }
    } finally {
      tracker.unlock();
    }
  }

  /**
   * The stream of a command that the program has to wait for anyway, or the one with the least
   * work.
   */
  private CommandStream lane(List<ProgramArguments.Bound<OpenClBuffer>> bound) {
    CommandStream least = session.lanes().get(0);
    for (CommandStream lane : session.lanes()) {
      least = lane.unfinished() < least.unfinished() ? lane : least;
    }
    for (ProgramArguments.Bound<OpenClBuffer> b : bound) {
      CommandStream busy = b.buffer().usage().busyStream(b.segment().access().writable());
      if (busy != null && session.lanes().contains(busy)) {
        return busy;
      }
    }
    return least;
  }

  /**
   * The commands that the arguments' users make this command wait for; it becomes one of the users.
   */
  private static void hazards(
      DeviceCommand command,
      List<ProgramArguments.Bound<OpenClBuffer>> bound,
      Set<DeviceCommand> waits) {
    CommandStream lane = command.stream();
    for (ProgramArguments.Bound<OpenClBuffer> b : bound) {
      waits.addAll(b.buffer().usage().before(lane, b.segment().access().writable()));
    }
    for (ProgramArguments.Bound<OpenClBuffer> b : bound) {
      if (!b.segment().access().writable()) {
        b.buffer().usage().reads(command);
      }
    }
    for (ProgramArguments.Bound<OpenClBuffer> b : bound) {
      if (b.segment().access().writable()) {
        b.buffer().usage().writes(command);
      }
    }
  }

  void await(DeviceCommand command) {
    tracker.awaitTransfer(command);
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
