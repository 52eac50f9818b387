package io.cipherstream.ring;

import io.cipherstream.ring.Segment.Access;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Leaves of a program that two engines compute differently what is needed for it: first the
 * shortest beginning, then instructions are left out, half of them, a quarter and so on down to
 * single ones, as long as the engines still differ. Every segment becomes an argument that may be
 * read, so that nothing stays hidden; those that nothing names go, and words that the program did
 * not read are 0.
 *
 * <p>A smaller program is tried only if every word that it reads as a residue is canonical, since
 * engines may differ on others.
 */
public final class ProgramShrinker {

  /**
   * A program on which two engines differ.
   *
   * @param data words of each argument before, in order
   */
  public record Found(LimbProgram program, List<long[]> data) {

    public Found {
      data = List.copyOf(data);
    }
  }

  private final LimbEngine candidate;
  private final LimbEngine oracle;
  private final LimbProgram program;
  private final List<long[]> words = new ArrayList<>();

  private ProgramShrinker(
      LimbEngine candidate, LimbEngine oracle, LimbProgram program, List<long[]> data) {
    this.candidate = candidate;
    this.oracle = oracle;
    this.program = program;
    ResidueBounds bounds = new ResidueBounds(program);
    int argument = 0;
    for (Segment segment : program.segments()) {
      long[] needed = new long[Math.toIntExact(segment.words())];
      if (segment.access() != Access.SCRATCH) {
        long[] given = data.get(argument++);
        long[] read = bounds.of(segment);
        for (int k = 0; k < needed.length; k++) {
          needed[k] = read[k / DescriptorLayout.LINE_WORDS] == 0 ? 0 : given[k];
        }
      }
      words.add(needed);
    }
  }

  /**
   * The smallest program that is found, or nothing if the engines do not differ again.
   *
   * @param data words of each argument before, in order
   */
  public static Optional<Found> shrink(
      LimbEngine candidate, LimbEngine oracle, LimbProgram program, List<long[]> data) {
    return new ProgramShrinker(candidate, oracle, program, data).shrink();
  }

  private Optional<Found> shrink() {
    List<Instruction> left = program.instructions();
    if (!differs(left)) {
      return Optional.empty();
    }
    left = beginning(left);
    for (int length = Math.max(1, left.size() / 2); ; length = (length + 1) / 2) {
      left = without(left, length);
      if (length == 1) {
        return Optional.of(found(left));
      }
    }
  }

  /** The shortest beginning on which they differ, if those that are longer do too. */
  private List<Instruction> beginning(List<Instruction> all) {
    int same = 0;
    int differs = all.size();
    while (differs - same > 1) {
      int middle = (same + differs) / 2;
      if (differs(all.subList(0, middle))) {
        differs = middle;
      } else {
        same = middle;
      }
    }
    return all.subList(0, differs);
  }

  /** Without every stretch of that many instructions that is not needed, from the end on. */
  private List<Instruction> without(List<Instruction> all, int length) {
    List<Instruction> left = all;
    for (int end = all.size(); end > 0; end -= length) {
      int begin = Math.max(0, end - length);
      List<Instruction> rest = new ArrayList<>(left.subList(0, begin));
      rest.addAll(left.subList(Math.min(end, left.size()), left.size()));
      if (!rest.isEmpty() && differs(rest)) {
        left = rest;
      }
    }
    return left;
  }

  private boolean differs(List<Instruction> instructions) {
    if (!canonical(instructions)) {
      return false;
    }
    Found part = found(instructions);
    try {
      EngineConformance.one(candidate, oracle, part.program(), part.data());
      return false;
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.MISMATCH) {
        return true;
      }
      throw e;
    }
  }

  /** A program of these instructions and the segments that they name. */
  private Found found(List<Instruction> instructions) {
    ProgramBuilder builder = LimbProgram.builder(program.name(), program.ring());
    Map<Integer, Segment> kept = new LinkedHashMap<>();
    List<long[]> data = new ArrayList<>();
    for (Segment segment : program.segments()) {
      if (instructions.stream().anyMatch(i -> names(i, segment.index()))) {
        kept.put(segment.index(), builder.update(segment.name(), segment.words()));
        data.add(words.get(segment.index()));
      }
    }
    for (Instruction i : instructions) {
      builder.append(
          i.moved(
              o -> new Operand(Objects.requireNonNull(kept.get(o.segment())).index(), o.line())));
    }
    return new Found(builder.build(), data);
  }

  private static boolean names(Instruction i, int segment) {
    return (i.d() != null && i.d().segment() == segment)
        || (i.a() != null && i.a().segment() == segment)
        || (i.b() != null && i.b().segment() == segment);
  }

  /** Whether what is read as a residue was written as one that is no larger, or is none larger. */
  private boolean canonical(List<Instruction> instructions) {
    List<long[]> bounds = new ArrayList<>();
    for (long[] segment : words) {
      long[] lines = new long[segment.length / DescriptorLayout.LINE_WORDS];
      for (int k = 0; k < segment.length; k++) {
        int line = k / DescriptorLayout.LINE_WORDS;
        long least = segment[k] < 0 ? Long.MAX_VALUE : segment[k] + 1;
        lines[line] = Math.max(lines[line], least);
      }
      bounds.add(lines);
    }
    LimbRing ring = program.ring();
    for (Instruction i : instructions) {
      long q = ring.modulus(i.modulus()).value();
      long source = i.opcode().hasSourceModulus() ? ring.modulus(i.sourceModulus()).value() : q;
      int limb = ring.limbLines();
      int shortLines = i.repeat().words(ring.degree()) / DescriptorLayout.LINE_WORDS;
      if (!below(bounds, i.a(), limb, source)
          || !below(bounds, i.b(), shortLines, q)
          || (i.opcode().readsD() && !below(bounds, i.d(), limb, q))) {
        return false;
      }
      Operand d = i.d();
      if (d != null) {
        Arrays.fill(bounds.get(d.segment()), d.line(), d.line() + limb, q);
      }
    }
    return true;
  }

  private static boolean below(
      List<long[]> bounds, @Nullable Operand operand, int lines, long modulus) {
    if (operand == null) {
      return true;
    }
    long[] segment = bounds.get(operand.segment());
    for (int line = operand.line(); line < operand.line() + lines; line++) {
      if (segment[line] > modulus) {
        return false;
      }
    }
    return true;
  }
}
