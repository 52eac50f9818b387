package io.cipherstream.ring;

import io.cipherstream.ring.Segment.Access;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the segments and instructions of a {@link LimbProgram}. Segments are numbered in the
 * order they are declared. Not thread-safe.
 */
public final class ProgramBuilder {

  private final String name;
  private final LimbRing ring;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<Integer> taskStarts = new ArrayList<>(List.of(0));

  ProgramBuilder(String name, LimbRing ring) {
    this.name = name;
    this.ring = ring;
  }

  /** Declares a segment of that many words. */
  public Segment segment(String segmentName, Access access, long words) {
    Segment segment = new Segment(segments.size(), segmentName, access, words);
    segments.add(segment);
    return segment;
  }

  public Segment input(String segmentName, long words) {
    return segment(segmentName, Access.INPUT, words);
  }

  public Segment output(String segmentName, long words) {
    return segment(segmentName, Access.OUTPUT, words);
  }

  public Segment update(String segmentName, long words) {
    return segment(segmentName, Access.UPDATE, words);
  }

  public Segment scratch(String segmentName, long words) {
    return segment(segmentName, Access.SCRATCH, words);
  }

  /** Begins a new task with the next instruction. */
  public ProgramBuilder task() {
    if (taskStarts.get(taskStarts.size() - 1) < instructions.size()) {
      taskStarts.add(instructions.size());
    }
    return this;
  }

  public ProgramBuilder ntt(int modulus, Operand d, Operand a) {
    return unary(Opcode.NTT, modulus, d, a, 0);
  }

  public ProgramBuilder intt(int modulus, Operand d, Operand a) {
    return unary(Opcode.INTT, modulus, d, a, 0);
  }

  public ProgramBuilder mul(int modulus, Operand d, Operand a, Operand b) {
    return binary(Opcode.MUL, modulus, d, a, b, Repeat.NONE);
  }

  public ProgramBuilder mac(int modulus, Operand d, Operand a, Operand b) {
    return binary(Opcode.MAC, modulus, d, a, b, Repeat.NONE);
  }

  public ProgramBuilder add(int modulus, Operand d, Operand a, Operand b) {
    return binary(Opcode.ADD, modulus, d, a, b, Repeat.NONE);
  }

  public ProgramBuilder sub(int modulus, Operand d, Operand a, Operand b) {
    return binary(Opcode.SUB, modulus, d, a, b, Repeat.NONE);
  }

  /** MUL, MAC, ADD or SUB with a repeated operand b. */
  public ProgramBuilder binary(
      Opcode opcode, int modulus, Operand d, Operand a, Operand b, Repeat repeat) {
    return append(new Instruction(opcode, modulus, 0, repeat, 0, 0, d, a, b));
  }

  public ProgramBuilder neg(int modulus, Operand d, Operand a) {
    return unary(Opcode.NEG, modulus, d, a, 0);
  }

  public ProgramBuilder scale(int modulus, Operand d, Operand a, long constant) {
    return unary(Opcode.SCALE, modulus, d, a, constant);
  }

  public ProgramBuilder addc(int modulus, Operand d, Operand a, long constant) {
    return unary(Opcode.ADDC, modulus, d, a, constant);
  }

  public ProgramBuilder reduce(int modulus, Operand d, Operand a, int sourceModulus) {
    return append(
        new Instruction(Opcode.REDUCE, modulus, sourceModulus, Repeat.NONE, 0, 0, d, a, null));
  }

  /** Adds c times residues of another modulus; the sum begins with what d holds, often a FILL. */
  public ProgramBuilder macc(int modulus, Operand d, Operand a, int sourceModulus, long constant) {
    return append(
        new Instruction(Opcode.MACC, modulus, sourceModulus, Repeat.NONE, 0, constant, d, a, null));
  }

  public ProgramBuilder perm(int modulus, Operand d, Operand a, int galois) {
    return append(new Instruction(Opcode.PERM, modulus, 0, Repeat.NONE, galois, 0, d, a, null));
  }

  public ProgramBuilder copy(int modulus, Operand d, Operand a) {
    return unary(Opcode.COPY, modulus, d, a, 0);
  }

  public ProgramBuilder fill(int modulus, Operand d, long constant) {
    return unary(Opcode.FILL, modulus, d, null, constant);
  }

  public ProgramBuilder zeros(int modulus, Operand a) {
    return unary(Opcode.ZEROS, modulus, null, a, 0);
  }

  private ProgramBuilder unary(
      Opcode opcode, int modulus, @Nullable Operand d, @Nullable Operand a, long constant) {
    return append(new Instruction(opcode, modulus, 0, Repeat.NONE, 0, constant, d, a, null));
  }

  /** Adds any instruction. */
  public ProgramBuilder append(Instruction instruction) {
    instructions.add(instruction);
    return this;
  }

  /**
   * The program; the builder may go on.
   *
   * @throws ProgramException if it breaks a rule of the contract
   */
  public LimbProgram build() {
    List<Integer> starts = new ArrayList<>(taskStarts);
    if (starts.size() > 1 && starts.get(starts.size() - 1) == instructions.size()) {
      starts.remove(starts.size() - 1);
    }
    return new LimbProgram(
        name, ring, segments, instructions, starts.stream().mapToInt(Integer::intValue).toArray());
  }
}
