package io.cipherstream.opencl;

import io.cipherstream.core.RoundParts;
import io.cipherstream.core.Submission;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramArguments;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Programs that one thread has submitted and that start together, in one launch of one or several
 * parts. Until it is started it is guarded by the engine's lock.
 */
final class WaitingRound {

  private final Map<OpenClBuffer, Integer> buffers = new LinkedHashMap<>();
  private final RoundParts division;
  private final List<LimbProgram> programs = new ArrayList<>();

  /** Guarded by the lock of {@link Rounds} that starts rounds. */
  private boolean started;

  private @Nullable DeviceCommand command;
  private ProgramRunner.@Nullable RoundRun run;
  private @Nullable EngineException failure;

  /** Of all programs, by opcode; made when the first of them is asked for its times. */
  private @Nullable Map<Opcode, Long> instructions;

  /**
   * @param segmentsMax most segments of a part's program
   */
  WaitingRound(int segmentsMax) {
    this.division = new RoundParts(segmentsMax);
  }

  /** The rounds that have to start before a program of this one. */
  Set<WaitingRound> before(List<ProgramArguments.Bound<OpenClBuffer>> bound) {
    Set<WaitingRound> before = new LinkedHashSet<>();
    for (ProgramArguments.Bound<OpenClBuffer> b : bound) {
      before.addAll(b.buffer().usage().plannedBefore(b.segment().access().writable()));
    }
    before.remove(this);
    return before;
  }

  /**
   * Adds a program; its buffers are held until {@link #release}.
   *
   * @return the number of its part, or −1 if the round has no room for it
   */
  int add(
      LimbProgram program, List<LimbView> views, List<ProgramArguments.Bound<OpenClBuffer>> bound) {
    List<Submission.Region> regions = new ArrayList<>();
    int next = buffers.size();
    Map<OpenClBuffer, Integer> added = new LinkedHashMap<>();
    for (int i = 0; i < views.size(); i++) {
      OpenClBuffer buffer = bound.get(i).buffer();
      Integer known = buffers.get(buffer);
      int number = known == null ? added.computeIfAbsent(buffer, b -> next + added.size()) : known;
      regions.add(new Submission.Region(number, views.get(i).offset(), views.get(i).words()));
    }
    Submission submission = new Submission(program, regions);
    if (division.size() == RoundParts.PARTS_MAX && division.begins(submission)) {
      return -1;
    }
    bound.forEach(b -> b.buffer().ensureOpen());
    added.keySet().forEach(OpenClBuffer::acquire);
    buffers.putAll(added);
    for (ProgramArguments.Bound<OpenClBuffer> b : bound) {
      b.buffer().usage().plan(this, b.segment().access().writable());
    }
    programs.add(program);
    return division.add(submission);
  }

  List<RoundPart> parts() {
    List<OpenClBuffer> numbered = List.copyOf(buffers.keySet());
    return division.parts().stream().map(part -> RoundPart.of(part, numbered)).toList();
  }

  /** The programs of all parts. */
  List<LimbProgram> programs() {
    return programs;
  }

  /** How many instructions the programs of a started round have, by opcode. */
  synchronized Map<Opcode, Long> instructions() {
    Map<Opcode, Long> counted = instructions;
    if (counted == null) {
      counted = count(programs);
      instructions = counted;
    }
    return counted;
  }

  static Map<Opcode, Long> count(List<LimbProgram> programs) {
    Map<Opcode, Long> counts = new EnumMap<>(Opcode.class);
    for (LimbProgram program : programs) {
      program.instructions().forEach(i -> counts.merge(i.opcode(), 1L, Long::sum));
    }
    return counts;
  }

  /** Lets go of the buffers, of which a command has hold now. Lock held. */
  void release(DeviceMemory memory) {
    for (OpenClBuffer buffer : buffers.keySet()) {
      buffer.usage().started(this);
      memory.release(buffer);
    }
    buffers.clear();
  }

  boolean started() {
    return started;
  }

  void start() {
    started = true;
  }

  /** Notes the run that it becomes, which knows its parts' zero counts. */
  ProgramRunner.RoundRun begins(ProgramRunner.RoundRun made) {
    run = made;
    return made;
  }

  void runs(DeviceCommand made) {
    command = made;
  }

  void fails(EngineException cause) {
    failure = cause;
  }

  /**
   * The command that it became.
   *
   * @throws EngineException if it could not be started
   */
  DeviceCommand command() {
    if (failure != null) {
      throw new EngineException(failure.kind(), String.valueOf(failure.getMessage()), failure);
    }
    if (command == null) {
      throw new IllegalStateException("the round is not started");
    }
    return command;
  }

  /** Zero words that a part counted, when its command is done. */
  long zeroWords(int part) {
    return run == null ? 0 : run.zeroWords(part);
  }
}
