package io.cipherstream.opencl;

import io.cipherstream.core.RoundParts;
import io.cipherstream.core.RoundProgram;
import io.cipherstream.core.Submission;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.ProgramResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the programs that a thread submits until somebody needs them: waits for one of them, reads
 * or changes memory that they use, or has no room. They are joined to a few and started together. A
 * card then is launched once, and values pass from program to program on chip. Equal parts of
 * rounds are compiled once.
 *
 * <p>What is submitted takes effect in the order of the calls: a program that uses what a round of
 * another thread writes starts that round first.
 */
final class Rounds {

  /** Most instructions of the joined programs that are kept. */
  private static final long KEPT_INSTRUCTIONS_MAX = 1 << 20;

  private final LimbRing ring;
  private final CommandTracker tracker;
  private final DeviceMemory memory;
  private final Submissions submissions;
  private final ProgramRunner runner;
  private final int buffersMax;
  private final ReentrantLock starting = new ReentrantLock();
  private final Map<Thread, WaitingRound> open = new HashMap<>();
  private final Map<List<Submission>, LimbProgram> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long keptInstructions;
  private long count;

  Rounds(
      LimbRing ring,
      CommandTracker tracker,
      DeviceMemory memory,
      Submissions submissions,
      ProgramRunner runner) {
    this.ring = ring;
    this.tracker = tracker;
    this.memory = memory;
    this.submissions = submissions;
    this.runner = runner;
    this.buffersMax = runner.segmentsMax() - RoundParts.OWN_SEGMENTS;
  }

  /**
   * Adds a program whose arguments were checked to the thread's round.
   *
   * @throws EngineException of kind PROGRAM if it uses more buffers than the device has segments
   */
  Completion submit(
      LimbProgram program, List<LimbView> views, List<ProgramArguments.Bound<OpenClBuffer>> bound) {
    long buffers = bound.stream().map(ProgramArguments.Bound::buffer).distinct().count();
    if (buffers > buffersMax) {
      throw new EngineException(
          EngineException.Kind.PROGRAM,
          program.name() + ": it uses " + buffers + " buffers, the card takes " + buffersMax);
    }
    while (true) {
      Set<WaitingRound> first;
      tracker.lock();
      try {
        tracker.ensureUsable();
        WaitingRound own =
            open.computeIfAbsent(
                Thread.currentThread(), thread -> new WaitingRound(runner.segmentsMax()));
        first = own.before(bound);
        int part = first.isEmpty() ? own.add(program, views, bound) : -1;
        if (part >= 0) {
          count++;
          return () -> result(own, part, program);
        }
        first = first.isEmpty() ? Set.of(own) : first;
      } finally {
        tracker.unlock();
      }
      first.forEach(this::start);
    }
  }

  /** Programs submitted so far. */
  long count() {
    tracker.lock();
    try {
      return count;
    } finally {
      tracker.unlock();
    }
  }

  /** Starts the rounds that a transfer has to come after. */
  void startBefore(OpenClBuffer buffer, boolean write) {
    Set<WaitingRound> before;
    tracker.lock();
    try {
      before = buffer.usage().plannedBefore(write);
    } finally {
      tracker.unlock();
    }
    before.forEach(this::start);
  }

  /** Starts everything that waits. */
  void startAll() {
    List<WaitingRound> all;
    tracker.lock();
    try {
      all = new ArrayList<>(open.values());
    } finally {
      tracker.unlock();
    }
    all.forEach(this::start);
  }

  /** Starts a round, or waits until the thread that starts it has done so. */
  private void start(WaitingRound round) {
    starting.lock();
    try {
      if (round.started()) {
        return;
      }
      tracker.lock();
      try {
        open.values().remove(round);
      } finally {
        tracker.unlock();
      }
      round.start();
      run(round);
    } finally {
      starting.unlock();
    }
  }

  /** A round that cannot be started leaves words that nobody may read: the device is lost. */
  private void run(WaitingRound round) {
    try {
      tracker.lock();
      try {
        tracker.ensureUsable();
      } finally {
        tracker.unlock();
      }
      round.runs(uninterrupted(round));
    } catch (RuntimeException | Error e) {
      round.fails(lose(e));
    } finally {
      tracker.lock();
      try {
        round.release(memory);
      } finally {
        tracker.unlock();
      }
    }
  }

  private EngineException lose(Throwable cause) {
    EngineException failure = CommandTracker.failure("starting submitted programs", cause);
    tracker.lock();
    try {
      tracker.lose(failure);
    } finally {
      tracker.unlock();
    }
    return failure;
  }

  /** What was submitted before must start, though the thread is interrupted meanwhile. */
  private DeviceCommand uninterrupted(WaitingRound round) {
    List<LimbProgram> joined = new ArrayList<>();
    List<List<ProgramArguments.Bound<OpenClBuffer>>> bound = new ArrayList<>();
    for (RoundPart part : round.parts()) {
      joined.add(joined(part.submissions()));
      bound.add(part.bound(joined.get(joined.size() - 1)));
    }
    long instructions = joined.stream().mapToLong(p -> p.instructions().size()).sum();
    String name = name(round.programs());
    ProgramRunner.PreparedRound prepared = runner.prepareRound(joined);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return submissions.submit(
              name,
              instructions,
              bound.stream().flatMap(List::stream).toList(),
              OpenClBuffer::hold,
              (lane, holds) -> round.begins(prepared.begin(bound, lane, holds)));
        } catch (EngineException e) {
          if (e.kind() != EngineException.Kind.UNAVAILABLE || !Thread.interrupted()) {
            throw e;
          }
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private LimbProgram joined(List<Submission> part) {
    LimbProgram known = kept.get(part);
    if (known != null) {
      return known;
    }
    String name = name(part.stream().map(Submission::program).toList());
    LimbProgram made = RoundProgram.of(name, ring, part).program();
    kept.put(part, made);
    keptInstructions += made.instructions().size();
    Iterator<LimbProgram> eldest = kept.values().iterator();
    while (keptInstructions > KEPT_INSTRUCTIONS_MAX && kept.size() > 1) {
      keptInstructions -= eldest.next().instructions().size();
      eldest.remove();
    }
    return made;
  }

  private static String name(List<LimbProgram> programs) {
    String first = programs.get(0).name();
    return programs.size() == 1
        ? first
        : programs.size()
            + " programs from "
            + first
            + " to "
            + programs.get(programs.size() - 1).name();
  }

  /** A program's part of what its round reports. */
  private ProgramResult result(WaitingRound round, int part, LimbProgram program) {
    start(round);
    ProgramResult all = submissions.awaitResult(round.command());
    Map<Opcode, Long> own = WaitingRound.count(List.of(program));
    Map<Opcode, Long> every = round.instructions();
    Map<Opcode, Long> nanos = new EnumMap<>(Opcode.class);
    all.nanosByOpcode()
        .forEach(
            (opcode, time) -> {
              long mine = own.getOrDefault(opcode, 0L);
              if (mine > 0) {
                nanos.put(opcode, (long) ((double) time * mine / everyOf(every, opcode)));
              }
            });
    return new ProgramResult(program.countsZeros() ? round.zeroWords(part) : 0, nanos);
  }

  private static long everyOf(Map<Opcode, Long> counts, Opcode opcode) {
    return Objects.requireNonNull(counts.get(opcode));
  }
}
