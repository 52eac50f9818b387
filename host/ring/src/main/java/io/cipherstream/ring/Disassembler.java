package io.cipherstream.ring;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Limb programs as text for people, one line an instruction: its number, name, modulus and formula.
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
    s.append(program).append(", ").append(program.ring()).append('\n');
    for (Segment segment : program.segments()) {
      s.append(
          String.format(
              Locale.ROOT,
              "  segment %d  %-7s  %s, %d words%n",
              segment.index(),
              segment.access().name().toLowerCase(Locale.ROOT),
              segment.name(),
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
    String a = operand(program, i.a(), Repeat.NONE);
    String b = operand(program, i.b(), i.repeat());
    String d = operand(program, i.d(), Repeat.NONE);
    String formula =
        switch (i.opcode()) {
          case NTT -> d + " = ntt " + a;
          case INTT -> d + " = intt " + a;
          case MUL -> d + " = " + a + " * " + b;
          case MAC -> d + " += " + a + " * " + b;
          case ADD -> d + " = " + a + " + " + b;
          case SUB -> d + " = " + a + " - " + b;
          case NEG -> d + " = -" + a;
          case SCALE -> d + " = " + i.constant() + " * " + a;
          case ADDC -> d + " = " + a + " + " + i.constant();
          case REDUCE -> d + " = " + a + " of q" + i.sourceModulus();
          case PERM -> d + " = " + a + " by X -> X^" + i.galois();
          case COPY -> d + " = " + a;
          case FILL -> d + " = " + i.constant();
          case MACC -> d + " += " + i.constant() + " * " + a + " of q" + i.sourceModulus();
          case ZEROS -> "zeros += zeros of " + a;
        };
    return String.format(
        Locale.ROOT, "%6d  %-6s q%-2d  %s", index, i.opcode(), i.modulus(), formula);
  }

  private static String operand(LimbProgram program, @Nullable Operand operand, Repeat repeat) {
    if (operand == null) {
      return "";
    }
    String name = program.segments().get(operand.segment()).name();
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
}
