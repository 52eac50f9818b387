package io.cipherstream.ring;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How each instruction is written as text: one template an opcode, which {@link Disassembler} fills
 * and {@link Assembler} reads.
 */
final class Formula {

  /** A name of a segment. */
  static final String NAME = "[A-Za-z_][A-Za-z0-9_.-]*";

  private static final String OPERAND = NAME + "\\[[^\\]]*\\]";

  /** Members of an instruction by the letters of the templates; a number where not an operand. */
  private static final Map<String, String> MEMBERS =
      Map.of("d", OPERAND, "a", OPERAND, "b", OPERAND, "c", "\\d+", "p", "\\d+", "g", "\\d+");

  private static final Pattern MEMBER = Pattern.compile("\\{([dabcpg])\\}");

  private static final Map<Opcode, Pattern> PATTERNS = new EnumMap<>(Opcode.class);

  static {
    for (Opcode opcode : Opcode.values()) {
      PATTERNS.put(opcode, pattern(template(opcode)));
    }
  }

  private Formula() {}

  /** The template: d, a, b operands, c the constant, p the source modulus, g the Galois element. */
  static String template(Opcode opcode) {
    return switch (opcode) {
      case NTT -> "{d} = ntt {a}";
      case INTT -> "{d} = intt {a}";
      case MUL -> "{d} = {a} * {b}";
      case MAC -> "{d} += {a} * {b}";
      case ADD -> "{d} = {a} + {b}";
      case SUB -> "{d} = {a} - {b}";
      case NEG -> "{d} = -{a}";
      case SCALE -> "{d} = {c} * {a}";
      case ADDC -> "{d} = {a} + {c}";
      case REDUCE -> "{d} = {a} of q{p}";
      case PERM -> "{d} = {a} by X -> X^{g}";
      case COPY -> "{d} = {a}";
      case FILL -> "{d} = {c}";
      case MACC -> "{d} += {c} * {a} of q{p}";
      case ZEROS -> "zeros += zeros of {a}";
    };
  }

  /** The template with its members filled in. */
  static String fill(Opcode opcode, Map<String, String> members) {
    return MEMBER
        .matcher(template(opcode))
        .replaceAll(found -> Matcher.quoteReplacement(members.getOrDefault(found.group(1), "")));
  }

  /** Matches the template's text; members are its named groups. */
  static Matcher matcher(Opcode opcode, String text) {
    return Objects.requireNonNull(PATTERNS.get(opcode)).matcher(text);
  }

  private static Pattern pattern(String template) {
    StringBuilder out = new StringBuilder();
    Matcher member = MEMBER.matcher(template);
    int at = 0;
    while (member.find()) {
      out.append(literal(template.substring(at, member.start())));
      out.append("(?<").append(member.group(1)).append('>');
      out.append(MEMBERS.get(member.group(1))).append(')');
      at = member.end();
    }
    return Pattern.compile(out.append(literal(template.substring(at))).toString());
  }

  private static String literal(String text) {
    return text.isEmpty() ? "" : Pattern.quote(text);
  }
}
