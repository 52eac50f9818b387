package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A sequence of limb instructions over the segments it declares: the contract between everything
 * that compiles to limbs and everything that computes on them.
 *
 * <p>Semantics: the instructions one after the other; engines may reorder what does not depend. A
 * program holds no data and no addresses, so one program serves any number of submissions. It is
 * checked when it is built ({@link ProgramChecks}) and immutable; two programs are the same only if
 * they are one object.
 *
 * <p>Instructions are grouped into <b>tasks</b>, stretches that their author expects to be worth
 * keeping together on one processor. Tasks are a hint for scheduling and change nothing else.
 */
public final class LimbProgram {

  private final String name;
  private final LimbRing ring;
  private final List<Segment> segments;
  private final List<Segment> arguments;
  private final List<Instruction> instructions;
  private final int[] taskStarts;
  private final ByteBuffer descriptors;
  private final long scratchWords;
  private final boolean countsZeros;

  LimbProgram(
      String name,
      LimbRing ring,
      List<Segment> segments,
      List<Instruction> instructions,
      int[] taskStarts) {
    this.name = name;
    this.ring = ring;
    this.segments = List.copyOf(segments);
    this.instructions = List.copyOf(instructions);
    this.taskStarts = taskStarts;
    ProgramChecks.check(this);
    this.arguments =
        this.segments.stream().filter(s -> s.access() != Segment.Access.SCRATCH).toList();
    this.scratchWords =
        this.segments.stream()
            .filter(s -> s.access() == Segment.Access.SCRATCH)
            .mapToLong(Segment::words)
            .sum();
    this.countsZeros = this.instructions.stream().anyMatch(i -> i.opcode() == Opcode.ZEROS);
    this.descriptors = Descriptors.encode(this.instructions);
  }

  /** Starts a program; {@code name} is for logs and traces. */
  public static ProgramBuilder builder(String name, LimbRing ring) {
    return new ProgramBuilder(name, ring);
  }

  /**
   * The program of a binary descriptor list, one task.
   *
   * @throws ProgramException if it breaks a rule of the contract
   */
  public static LimbProgram parse(
      String name, LimbRing ring, List<Segment> segments, ByteBuffer descriptors) {
    return new LimbProgram(name, ring, segments, Descriptors.decode(descriptors), new int[] {0});
  }

  public String name() {
    return name;
  }

  public LimbRing ring() {
    return ring;
  }

  /** All segments by number, arguments and scratch. */
  public List<Segment> segments() {
    return segments;
  }

  /** The segments that a submission binds, in order of their numbers. */
  public List<Segment> arguments() {
    return arguments;
  }

  /** Words of all scratch segments. */
  public long scratchWords() {
    return scratchWords;
  }

  public List<Instruction> instructions() {
    return instructions;
  }

  /** Whether the program has {@code ZEROS} instructions, so that its result matters. */
  public boolean countsZeros() {
    return countsZeros;
  }

  /** Number of tasks. */
  public int tasks() {
    return taskStarts.length;
  }

  /** Index of the first instruction of a task; that of task {@link #tasks} is the program's end. */
  public int taskStart(int task) {
    return task == taskStarts.length ? instructions.size() : taskStarts[task];
  }

  /**
   * The binary descriptor list, {@value DescriptorLayout#BYTES} bytes an instruction: a direct
   * read-only view, little endian, position 0.
   */
  public ByteBuffer descriptors() {
    return descriptors.duplicate().order(descriptors.order());
  }

  @Override
  public String toString() {
    return "limb program " + name + " of " + instructions.size() + " instructions";
  }
}
