package io.cipherstream.ring;

import io.cipherstream.ring.Segment.Access;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Limb programs from text: what {@link Disassembler#text} prints, or what a person writes.
 *
 * <pre>
 * limb program example, ring of degree 1024
 *   q0 = prime of 50 bits              # the largest below 2⁵⁰ that fits and is not in the table yet
 *   input x, 2 limbs
 *   output y, 1024 words
 * NTT q0  y[0] = ntt x[1]
 * </pre>
 *
 * <p>First the head; then the moduli, as primes or by their length; then segments in the order of
 * their numbers; then instructions, among them {@code task} where a task begins. Numbers before
 * segments and instructions may be left out; those that stand there are checked. What follows
 * {@code #} is a comment.
 */
public final class Assembler {

  private static final Pattern HEAD =
      Pattern.compile("limb program (?<name>\\S.*), ring of degree (?<degree>\\d{1,9})");
  private static final Pattern MODULUS =
      Pattern.compile(
          "q(?<index>\\d{1,3})\\s*=\\s*((?<value>\\d{1,19})|prime of (?<bits>\\d{1,3}) bits)");
  private static final Pattern SEGMENT =
      Pattern.compile(
          "(segment (?<index>\\d{1,9})\\s+)?(?<access>input|output|update|scratch)\\s+(?<name>"
              + Formula.NAME
              + "),\\s*(?<count>\\d{1,12}) (?<unit>words?|limbs?)");
  private static final Pattern TASK = Pattern.compile("task(\\s+\\d{1,9})?");
  private static final Pattern INSTRUCTION =
      Pattern.compile(
          "((?<index>\\d{1,9})\\s+)?(?<opcode>[A-Za-z]+)\\s+q(?<modulus>\\d{1,3})\\s+(?<formula>.*)");
  private static final Pattern OPERAND =
      Pattern.compile(
          "(?<name>"
              + Formula.NAME
              + ")\\[((?<limb>\\d{1,9})|@(?<line>\\d{1,9})( >>(?<shift>\\d{1,2}))?"
              + "(?<mirrored> mirrored)?)\\]");
  private static final Pattern BROKEN = Pattern.compile(", instruction (\\d+) \\(");

  private final List<Modulus> moduli = new ArrayList<>();
  private final Map<String, Segment> segments = new HashMap<>();
  private final List<Integer> lines = new ArrayList<>();
  private int line;
  private String name = "";
  private int degree;
  private @Nullable ProgramBuilder builder;

  private Assembler() {}

  /**
   * The program of a text.
   *
   * @throws ProgramException if the text is none, or the program breaks a rule of the contract; the
   *     message names the line, what stands there and what was expected
   */
  public static LimbProgram program(String text) {
    Assembler assembler = new Assembler();
    for (String each : text.lines().toList()) {
      assembler.line++;
      String content = each.replaceFirst("#.*", "").strip();
      if (!content.isEmpty()) {
        assembler.read(content);
      }
    }
    return assembler.build();
  }

  private void read(String content) {
    if (degree == 0) {
      head(content);
      return;
    }
    Matcher m = MODULUS.matcher(content);
    if (builder == null && m.matches()) {
      modulus(m);
      return;
    }
    m = SEGMENT.matcher(content);
    if (m.matches()) {
      segment(m);
    } else if (TASK.matcher(content).matches()) {
      program().task();
    } else {
      m = INSTRUCTION.matcher(content);
      if (!m.matches()) {
        throw error(
            content,
            builder == null
                ? "a modulus (q0 = prime of 50 bits), a segment (input x, 2 limbs) or an"
                    + " instruction (NTT q0  y[0] = ntt x[1])"
                : "a segment (input x, 2 limbs), task, or an instruction (NTT q0  y[0] = ntt x[1])");
      }
      instruction(m);
    }
  }

  private void head(String content) {
    Matcher m = HEAD.matcher(content);
    if (!m.matches()) {
      throw error(content, "limb program NAME, ring of degree N");
    }
    name = m.group("name");
    degree = Integer.parseInt(m.group("degree"));
    if (degree < LimbRing.DEGREE_MIN
        || degree > LimbRing.DEGREE_MAX
        || Integer.bitCount(degree) != 1) {
      throw error(
          "ring of degree " + degree,
          "a power of two from " + LimbRing.DEGREE_MIN + " to " + LimbRing.DEGREE_MAX);
    }
  }

  private void modulus(Matcher m) {
    numbered(m, moduli.size(), "modulus");
    String bits = m.group("bits");
    try {
      moduli.add(
          bits == null
              ? new Modulus(Long.parseLong(m.group("value")))
              : prime(Integer.parseInt(bits)));
    } catch (IllegalArgumentException e) {
      throw error(m.group(), "a prime that is 1 modulo " + 2L * degree + "; " + e.getMessage());
    }
  }

  /** The largest prime of that many bits that is 1 modulo 2N and not in the table. */
  private Modulus prime(int bits) {
    if (bits < 2 || bits > Modulus.BITS_MAX) {
      throw new IllegalArgumentException(bits + " bits, expected 2 to " + Modulus.BITS_MAX);
    }
    long step = 2L * degree;
    for (long q = ((1L << bits) - 2) / step * step + 1; q >= 1L << (bits - 1); q -= step) {
      long candidate = q;
      if (BigInteger.valueOf(q).isProbablePrime(64)
          && moduli.stream().noneMatch(m -> m.value() == candidate)) {
        return new Modulus(q);
      }
    }
    throw new IllegalArgumentException("there is no further one of " + bits + " bits");
  }

  private ProgramBuilder program() {
    if (builder == null) {
      try {
        builder = LimbProgram.builder(name, new LimbRing(degree, moduli));
      } catch (IllegalArgumentException e) {
        throw error("the moduli before this line", String.valueOf(e.getMessage()));
      }
    }
    return builder;
  }

  private void segment(Matcher m) {
    ProgramBuilder program = program();
    numbered(m, segments.size(), "segment");
    long count = Long.parseLong(m.group("count"));
    Access access = Access.valueOf(m.group("access").toUpperCase(Locale.ROOT));
    String given = m.group("name");
    long words = m.group("unit").startsWith("limb") ? count * degree : count;
    if (words == 0 || words % DescriptorLayout.LINE_WORDS != 0) {
      throw error(
          count + " " + m.group("unit"),
          "a multiple of " + DescriptorLayout.LINE_WORDS + " words, and not 0");
    }
    if (segments.put(given, program.segment(given, access, words)) != null) {
      throw error(given, "a name that no other segment has");
    }
  }

  private void instruction(Matcher m) {
    numbered(m, lines.size(), "instruction");
    Opcode opcode;
    try {
      opcode = Opcode.valueOf(m.group("opcode").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw error(m.group("opcode"), "one of " + List.of(Opcode.values()));
    }
    Matcher f = Formula.matcher(opcode, m.group("formula").strip());
    if (!f.matches()) {
      throw error(
          m.group("formula"),
          opcode
              + " as in "
              + Formula.fill(
                  opcode,
                  Map.of(
                      "d",
                      "y[0]",
                      "a",
                      "x[0]",
                      "b",
                      "w[@8 >>5 mirrored]",
                      "c",
                      "7",
                      "p",
                      "1",
                      "g",
                      "3")));
    }
    Limb b = opcode.readsB() ? operand(f.group("b"), true) : null;
    program()
        .append(
            new Instruction(
                opcode,
                Integer.parseInt(m.group("modulus")),
                opcode.hasSourceModulus() ? (int) number(f, "p", 255) : 0,
                b == null ? Repeat.NONE : b.repeat(),
                opcode.hasGalois() ? (int) number(f, "g", Integer.MAX_VALUE) : 0,
                opcode.hasConstant() ? number(f, "c", Long.MAX_VALUE) : 0,
                opcode.writesD() ? operand(f.group("d"), false).start() : null,
                opcode.readsA() ? operand(f.group("a"), false).start() : null,
                b == null ? null : b.start()));
    lines.add(line);
  }

  private long number(Matcher m, String group, long max) {
    String digits = m.group(group);
    BigInteger value = new BigInteger(digits);
    if (value.compareTo(BigInteger.valueOf(max)) > 0) {
      throw error(digits, "at most " + max);
    }
    return value.longValue();
  }

  /** Where an operand begins, and how it stands for a limb. */
  private record Limb(Operand start, Repeat repeat) {}

  private Limb operand(String text, boolean repeatable) {
    Matcher m = OPERAND.matcher(text);
    if (!m.matches()) {
      throw error(text, "x[limb], x[@line], x[@line >>shift] or x[@line >>shift mirrored]");
    }
    Segment segment = segments.get(m.group("name"));
    if (segment == null) {
      throw error(m.group("name"), "a segment declared above");
    }
    String shift = m.group("shift");
    Repeat repeat =
        new Repeat(shift == null ? 0 : Integer.parseInt(shift), m.group("mirrored") != null);
    if (!repeatable && !repeat.equals(Repeat.NONE)) {
      throw error(text, "a whole limb: only operand b of MUL, MAC, ADD and SUB may be repeated");
    }
    long first =
        m.group("limb") == null
            ? Long.parseLong(m.group("line"))
            : Long.parseLong(m.group("limb")) * degree / DescriptorLayout.LINE_WORDS;
    if (first > Integer.MAX_VALUE) {
      throw error(text, "a limb inside the segment");
    }
    return new Limb(new Operand(segment.index(), (int) first), repeat);
  }

  private void numbered(Matcher m, int expected, String what) {
    String index = m.group("index");
    if (index != null && Integer.parseInt(index) != expected) {
      throw error(what + " " + index, what + " " + expected + ", in the order of their numbers");
    }
  }

  private LimbProgram build() {
    if (degree == 0) {
      throw new ProgramException("an empty text, expected: limb program NAME, ring of degree N");
    }
    try {
      return program().build();
    } catch (ProgramException e) {
      String text = String.valueOf(e.getMessage());
      Matcher m = BROKEN.matcher(text);
      throw m.find()
          ? new ProgramException("line " + lines.get(Integer.parseInt(m.group(1))) + ": " + text)
          : e;
    }
  }

  private ProgramException error(String found, String expected) {
    return new ProgramException("line " + line + ": '" + found + "', expected " + expected);
  }
}
