package io.cipherstream.ring;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limb programs as text, which {@link Assembler} reads: one line an instruction, its number, name,
 * modulus and formula.
 *
 * <pre>
 * 12  MAC    q2  acc[3] += x[1] * w[@40 &gt;&gt;5 mirrored]
 * </pre>
 *
 * {@code acc[3]} is limb 3 of segment {@code acc}, {@code w[@40 …]} begins at line 40 of {@code w}:
 * an operand that does not begin at a limb's boundary, or a short one, which stands for a limb by
 * {@link Repeat}.
 */
public final class Disassembler {

  private Disassembler() {}

  /** The segments and instructions of a program, tasks marked. */
  public static String text(LimbProgram program) {
    StringBuilder s = new StringBuilder();
    LimbRing ring = program.ring();
    s.append("limb program ").append(program.name());
    s.append(", ring of degree ").append(ring.degree()).append('\n');
    for (int i = 0; i < ring.moduli().size(); i++) {
      s.append("  q").append(i).append(" = ").append(ring.modulus(i)).append('\n');
    }
    for (Segment segment : program.segments()) {
      s.append(
          String.format(
              Locale.ROOT,
              "  segment %d  %-7s  %s, %d words%n",
              segment.index(),
              segment.access().name().toLowerCase(Locale.ROOT),
              name(program, segment),
              segment.words()));
    }
    int task = 0;
    for (int i = 0; i < program.instructions().size(); i++) {
      if (task < program.tasks() && program.taskStart(task) == i) {
        s.append("task ").append(task++).append('\n');
      }
      s.append(line(program, i)).append('\n');
    }
    return s.toString();
  }

  /** One instruction of a program. */
  public static String line(LimbProgram program, int index) {
    Instruction i = program.instructions().get(index);
    String formula =
        Formula.fill(
            i.opcode(),
            Map.of(
                "d", operand(program, i.d(), Repeat.NONE),
                "a", operand(program, i.a(), Repeat.NONE),
                "b", operand(program, i.b(), i.repeat()),
                "c", Long.toString(i.constant()),
                "p", Integer.toString(i.sourceModulus()),
                "g", Integer.toString(i.galois())));
    return String.format(
        Locale.ROOT, "%6d  %-6s q%-2d  %s", index, i.opcode(), i.modulus(), formula);
  }

  private static String operand(LimbProgram program, @Nullable Operand operand, Repeat repeat) {
    if (operand == null) {
      return "";
    }
    String name = name(program, program.segments().get(operand.segment()));
    int limbLines = program.ring().limbLines();
    if (repeat.equals(Repeat.NONE) && operand.line() % limbLines == 0) {
      return name + "[" + operand.line() / limbLines + "]";
    }
    return name
        + "[@"
        + operand.line()
        + (repeat.shift() > 0 ? " >>" + repeat.shift() : "")
        + (repeat.mirrored() ? " mirrored" : "")
        + "]";
  }

  /** Its name or, where that is none of the text's or another segment has it too, its number. */
  private static String name(LimbProgram program, Segment segment) {
    boolean usable =
        segment.name().matches(Formula.NAME)
            && program.segments().stream().filter(s -> s.name().equals(segment.name())).count()
                == 1;
    return usable ? segment.name() : "segment" + segment.index();
  }
}
