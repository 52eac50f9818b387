package io.cipherstream.opencl.image;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A program as the runs of a core that give its results: one, unless it has more instructions,
 * segments or moduli than the core takes.
 *
 * <p>The runs follow each other on one core and share the pool, so a program may be divided
 * anywhere. If a program has too many segments, its scratch segments, which are adjacent, are first
 * merged into one; it is divided only if that does not suffice.
 */
public final class ImageProgram {

  private final LimbProgram program;
  private final int segmentsMax;
  private final int modulusEntries;
  private final int instructionsMax;
  private final CoreParameters parameters;
  private final boolean sameSegments;
  private final boolean sameModuli;
  private final int[] entryOf;
  private final long[] lineWithin;
  private final List<CorePart.Entry> all = new ArrayList<>();
  private final List<CorePart> parts = new ArrayList<>();

  private ImageProgram(LimbProgram program, CoreParameters parameters, int instructionsMax) {
    this.program = program;
    this.parameters = parameters;
    this.segmentsMax = parameters.segments();
    this.modulusEntries = parameters.moduli();
    this.instructionsMax = instructionsMax;
    int segments = program.segments().size();
    this.sameSegments = segments <= segmentsMax;
    this.sameModuli = program.ring().moduli().size() <= modulusEntries;
    this.entryOf = new int[segments];
    this.lineWithin = new long[segments];
    entries();
    cut();
  }

  /**
   * Divides a program.
   *
   * @param instructionsMax most instructions of a run
   */
  public static List<CorePart> parts(
      LimbProgram program, CoreParameters parameters, int instructionsMax) {
    if (instructionsMax < 1) {
      throw new IllegalArgumentException(instructionsMax + " instructions, expected at least 1");
    }
    return List.copyOf(new ImageProgram(program, parameters, instructionsMax).parts);
  }

  /** Entries of one table for the whole program: its segments, or with scratch as one of them. */
  private void entries() {
    int scratchEntry = -1;
    long scratchLines = 0;
    for (Segment s : program.segments()) {
      boolean joined = !sameSegments && s.access() == Segment.Access.SCRATCH;
      if (!joined) {
        entryOf[s.index()] = all.size();
        all.add(CorePart.Entry.of(s));
        continue;
      }
      if (scratchEntry < 0) {
        scratchEntry = all.size();
        all.add(CorePart.Entry.of(s));
      }
      entryOf[s.index()] = scratchEntry;
      lineWithin[s.index()] = scratchLines;
      scratchLines += s.words() / DescriptorLayout.LINE_WORDS;
      all.set(
          scratchEntry, new CorePart.Entry(all.get(scratchEntry).segment(), scratchLines, true));
    }
  }

  private void cut() {
    boolean fewSegments = all.size() <= segmentsMax;
    int first = 0;
    do {
      int end = end(first, fewSegments);
      parts.add(part(first, end, fewSegments));
      first = end;
    } while (first < program.instructions().size());
  }

  /** The first instruction that a run from {@code first} on has no room for. */
  private int end(int first, boolean fewSegments) {
    Set<Integer> entries = new HashSet<>();
    Set<Integer> moduli = new HashSet<>();
    int most = Math.min(program.instructions().size() - first, instructionsMax);
    for (int i = first; i < first + most; i++) {
      Instruction instruction = program.instructions().get(i);
      if (!fewSegments) {
        operands(instruction).forEach(o -> entries.add(entryOf[o.segment()]));
      }
      if (!sameModuli) {
        moduliOf(instruction).forEach(moduli::add);
      }
      if (entries.size() > segmentsMax || moduli.size() > modulusEntries) {
        return i;
      }
    }
    return first + most;
  }

  private static List<Integer> moduliOf(Instruction instruction) {
    return instruction.opcode().hasSourceModulus()
        ? List.of(instruction.modulus(), instruction.sourceModulus())
        : List.of(instruction.modulus());
  }

  private static List<Operand> operands(Instruction instruction) {
    List<Operand> operands = new ArrayList<>(3);
    for (@Nullable Operand o :
        new @Nullable Operand[] {instruction.d(), instruction.a(), instruction.b()}) {
      if (o != null) {
        operands.add(o);
      }
    }
    return operands;
  }

  private CorePart part(int first, int end, boolean fewSegments) {
    List<Instruction> instructions = program.instructions().subList(first, end);
    Map<Integer, Integer> entries = new LinkedHashMap<>();
    Map<Integer, Integer> moduli = new LinkedHashMap<>();
    if (fewSegments) {
      IntStream.range(0, all.size()).forEach(e -> entries.put(e, e));
    }
    if (sameModuli) {
      IntStream.range(0, program.ring().moduli().size()).forEach(m -> moduli.put(m, m));
    }
    for (Instruction i : instructions) {
      operands(i).forEach(o -> number(entries, entryOf[o.segment()]));
      moduliOf(i).forEach(m -> number(moduli, m));
    }
    ByteBuffer own =
        program
            .descriptors()
            .slice(first * DescriptorLayout.BYTES, instructions.size() * DescriptorLayout.BYTES);
    return new CorePart(
        first,
        instructions.size(),
        sameSegments && sameModuli ? own : renumbered(own, instructions, entries, moduli),
        entries.keySet().stream().map(all::get).toList(),
        List.copyOf(moduli.keySet()),
        CoreCycles.of(instructions, program.ring(), parameters));
  }

  private static void number(Map<Integer, Integer> numbers, int key) {
    numbers.putIfAbsent(key, numbers.size());
  }

  private static int of(Map<Integer, Integer> numbers, int key) {
    return Objects.requireNonNull(numbers.get(key));
  }

  private ByteBuffer renumbered(
      ByteBuffer from,
      List<Instruction> instructions,
      Map<Integer, Integer> entries,
      Map<Integer, Integer> moduli) {
    ByteBuffer to = ByteBuffer.allocateDirect(from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    to.put(0, from, from.position(), from.remaining());
    for (int i = 0; i < instructions.size(); i++) {
      Instruction instruction = instructions.get(i);
      int at = i * DescriptorLayout.BYTES;
      to.put(at + DescriptorLayout.MODULUS, (byte) of(moduli, instruction.modulus()));
      if (instruction.opcode().hasSourceModulus()) {
        to.put(
            at + DescriptorLayout.SOURCE_MODULUS, (byte) of(moduli, instruction.sourceModulus()));
      }
      operand(to, at + DescriptorLayout.D_SEGMENT, instruction.d(), entries);
      operand(to, at + DescriptorLayout.A_SEGMENT, instruction.a(), entries);
      operand(to, at + DescriptorLayout.B_SEGMENT, instruction.b(), entries);
    }
    return to;
  }

  /** A segment and, behind it, the line. */
  private void operand(
      ByteBuffer to, int at, @Nullable Operand operand, Map<Integer, Integer> entries) {
    if (operand != null) {
      to.putInt(at, of(entries, entryOf[operand.segment()]));
      long line = lineWithin[operand.segment()] + operand.line();
      to.putInt(at + Integer.BYTES, Math.toIntExact(line));
    }
  }
}
