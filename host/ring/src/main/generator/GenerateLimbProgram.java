import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Generates what software and hardware share from limb-program.xml. Run by the build as a source
 * file: {@code java GenerateLimbProgram.java limb-program.xml OUTPUT}. Writes {@code
 * java/io/cipherstream/ring/{Opcode,DescriptorLayout}.java}, {@code c/limb_program.h} and {@code
 * markdown/limb-program.md}; a file whose content would not change keeps its time stamp.
 */
final class GenerateLimbProgram {

  record Field(String name, int offset, int bytes, String text) {
    String constant() {
      return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
  }

  record Instruction(int code, String name, String uses, boolean inPlace, String formula, String text) {
    boolean uses(char c) {
      return uses.indexOf(c) >= 0;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of(arguments[0]).toFile())
            .getDocumentElement();
    int version = Integer.parseInt(root.getAttribute("version"));
    int bytes = Integer.parseInt(root.getAttribute("descriptor-bytes"));
    int lineWords = Integer.parseInt(root.getAttribute("line-words"));
    List<Field> fields = new ArrayList<>();
    for (Element e : elements(root, "field")) {
      fields.add(
          new Field(
              e.getAttribute("name"),
              Integer.parseInt(e.getAttribute("offset")),
              Integer.parseInt(e.getAttribute("bytes")),
              e.getTextContent().strip()));
    }
    List<Instruction> instructions = new ArrayList<>();
    for (Element e : elements(root, "instruction")) {
      instructions.add(
          new Instruction(
              Integer.parseInt(e.getAttribute("code")),
              e.getAttribute("name"),
              e.getAttribute("uses"),
              Boolean.parseBoolean(e.getAttribute("in-place")),
              e.getAttribute("formula"),
              e.getAttribute("text")));
    }
    check(bytes, fields, instructions);
    Path output = Path.of(arguments[1]);
    Path java = output.resolve("java/io/cipherstream/ring");
    write(java.resolve("Opcode.java"), opcodes(instructions));
    write(java.resolve("DescriptorLayout.java"), layout(version, bytes, lineWords, fields));
    write(output.resolve("c/limb_program.h"), header(version, bytes, lineWords, fields, instructions));
    write(output.resolve("markdown/limb-program.md"), markdown(bytes, fields, instructions));
  }

  /** Letters of the attribute uses. */
  private static final String USES = "dDabrmscg";

  /**
   * The file must make sense: codes, names and offsets collide with nothing, and fields lie where a C
   * compiler would put them.
   */
  static void check(int bytes, List<Field> fields, List<Instruction> instructions) {
    Set<Object> seen = new HashSet<>();
    int end = 0;
    for (Field f : fields) {
      require(seen.add(f.name()), "field " + f.name() + " is there twice");
      require(
          List.of(1, 2, 4, 8).contains(f.bytes()),
          "field " + f.name() + " has " + f.bytes() + " bytes, expected 1, 2, 4 or 8");
      require(
          f.offset() >= end,
          "field " + f.name() + " at byte " + f.offset() + " overlaps the one before, up to " + end);
      require(
          f.offset() % f.bytes() == 0,
          "field " + f.name() + " at byte " + f.offset() + ": expected a multiple of its bytes");
      end = f.offset() + f.bytes();
    }
    require(
        end <= bytes && bytes % 8 == 0,
        "fields end at byte " + end + " of a descriptor of " + bytes + " bytes, a multiple of 8");
    for (Instruction x : instructions) {
      require(x.code() > 0 && x.code() < 256, x.name() + " has the code " + x.code() + ", not a byte");
      require(seen.add(x.code()), "code " + x.code() + " of " + x.name() + " is taken");
      require(
          x.name().matches("[A-Z]+") && seen.add(x.name()),
          "instruction name '" + x.name() + "' is no word in capitals or is taken");
      require(
          x.uses().chars().allMatch(c -> USES.indexOf(c) >= 0)
              && x.uses().chars().distinct().count() == x.uses().length()
              && !(x.uses('d') && x.uses('D'))
              && (x.uses('b') || !x.uses('r')),
          x.name() + " uses '" + x.uses() + "': expected each of " + USES + " at most once, one of d"
              + " and D, r only with b");
      require(!x.formula().isEmpty() && !x.text().isEmpty(), x.name() + " has no formula or text");
    }
  }

  private static void require(boolean holds, String broken) {
    if (!holds) {
      throw new IllegalArgumentException("limb-program.xml: " + broken);
    }
  }

  private static List<Element> elements(Element root, String tag) {
    NodeList nodes = root.getElementsByTagName(tag);
    List<Element> list = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      list.add((Element) nodes.item(i));
    }
    return list;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), content)) {
      Files.write(file, content);
    }
  }

  private static final String NOTICE = "Generated from limb-program.xml; do not edit.";

  private static String opcodes(List<Instruction> instructions) {
    StringBuilder s = new StringBuilder();
    s.append("// ").append(NOTICE).append("\npackage io.cipherstream.ring;\n\n");
    s.append("/** The limb instructions; q is the modulus an instruction names, N the ring degree. */\n");
    s.append("public enum Opcode {\n");
    for (int i = 0; i < instructions.size(); i++) {
      Instruction x = instructions.get(i);
      s.append("  /** {@code ").append(x.formula()).append("}: ").append(x.text()).append(". */\n");
      s.append("  ").append(x.name()).append("(").append(x.code()).append(", \"").append(x.uses());
      s.append("\", ").append(x.inPlace()).append(")");
      s.append(i + 1 < instructions.size() ? ",\n" : ";\n\n");
    }
    s.append(
        """
          private static final Opcode[] BY_CODE = new Opcode[256];

          static {
            for (Opcode opcode : values()) {
              BY_CODE[opcode.code] = opcode;
            }
          }

          private final int code;
          private final String uses;
          private final boolean inPlace;

          Opcode(int code, String uses, boolean inPlace) {
            this.code = code;
            this.uses = uses;
            this.inPlace = inPlace;
          }

          /** The byte that stands for the instruction in a descriptor. */
          public int code() {
            return code;
          }

          /**
           * The instruction of a descriptor's byte.
           *
           * @throws IllegalArgumentException if there is none
           */
          public static Opcode of(int code) {
            Opcode opcode = code < 0 || code > 255 ? null : BY_CODE[code];
            if (opcode == null) {
              throw new IllegalArgumentException("no instruction has the opcode " + code);
            }
            return opcode;
          }

          /** Whether it writes a result d. */
          public boolean writesD() {
            return uses.indexOf('d') >= 0 || readsD();
          }

          /** Whether it reads d before it writes it. */
          public boolean readsD() {
            return uses.indexOf('D') >= 0;
          }

          /** Whether it reads an operand a. */
          public boolean readsA() {
            return uses.indexOf('a') >= 0;
          }

          /** Whether it reads an operand b. */
          public boolean readsB() {
            return uses.indexOf('b') >= 0;
          }

          /** Whether operand b may be repeated. */
          public boolean repeatsB() {
            return uses.indexOf('r') >= 0;
          }

          /** Whether it names the modulus whose residues operand a holds. */
          public boolean hasSourceModulus() {
            return uses.indexOf('s') >= 0;
          }

          /** Whether it has a constant. */
          public boolean hasConstant() {
            return uses.indexOf('c') >= 0;
          }

          /** Whether it has a Galois element. */
          public boolean hasGalois() {
            return uses.indexOf('g') >= 0;
          }

          /** Whether d may be the very limb that a or b is; d and an operand never overlap in part. */
          public boolean inPlace() {
            return inPlace;
          }
        }
        """);
    return s.toString();
  }

  private static String layout(int version, int bytes, int lineWords, List<Field> fields) {
    StringBuilder s = new StringBuilder();
    s.append("// ").append(NOTICE).append("\npackage io.cipherstream.ring;\n\n");
    s.append("/** Binary layout of a descriptor: byte offsets of its fields, little endian. */\n");
    s.append("public final class DescriptorLayout {\n\n");
    s.append("  /** Version of the instruction set and layout. */\n");
    s.append("  public static final int VERSION = ").append(version).append(";\n\n");
    s.append("  /** Bytes of a descriptor. */\n");
    s.append("  public static final int BYTES = ").append(bytes).append(";\n\n");
    s.append("  /** Words of a line, the unit of operand addresses. */\n");
    s.append("  public static final int LINE_WORDS = ").append(lineWords).append(";\n\n");
    for (Field f : fields) {
      s.append("  /** ").append(f.text()).append("; ").append(f.bytes()).append(" bytes. */\n");
      s.append("  public static final int ").append(f.constant()).append(" = ").append(f.offset());
      s.append(";\n\n");
    }
    s.append("  /** Bit of the repeat field that says operand b is mirrored. */\n");
    s.append("  public static final int REPEAT_MIRRORED = 0x80;\n\n");
    s.append("  private DescriptorLayout() {}\n}\n");
    return s.toString();
  }

  private static String header(
      int version, int bytes, int lineWords, List<Field> fields, List<Instruction> instructions) {
    StringBuilder s = new StringBuilder();
    s.append("/* ").append(NOTICE).append(" For C, C++ and OpenCL C. */\n");
    s.append("#ifndef CIPHERSTREAM_LIMB_PROGRAM_H\n#define CIPHERSTREAM_LIMB_PROGRAM_H\n\n");
    s.append("#define LIMB_PROGRAM_VERSION ").append(version).append("\n");
    s.append("#define LIMB_DESCRIPTOR_BYTES ").append(bytes).append("\n");
    s.append("#define LIMB_LINE_WORDS ").append(lineWords).append("\n");
    s.append("#define LIMB_REPEAT_SHIFT_MASK 0x1f\n#define LIMB_REPEAT_MIRRORED 0x80\n\n");
    for (Instruction x : instructions) {
      s.append("#define LIMB_OP_").append(x.name()).append(" ").append(x.code());
      s.append(" /* ").append(x.text()).append(" */\n");
    }
    int last = instructions.stream().mapToInt(Instruction::code).max().orElseThrow();
    s.append("#define LIMB_OP_LAST ").append(last).append(" /* the largest code */\n");
    s.append("\n#ifdef __OPENCL_VERSION__\n");
    s.append("typedef uchar limb_u8;\ntypedef uint limb_u32;\ntypedef ulong limb_u64;\n");
    s.append("#else\n#include <stdint.h>\n");
    s.append("typedef uint8_t limb_u8;\ntypedef uint32_t limb_u32;\ntypedef uint64_t limb_u64;\n");
    s.append("#endif\n\ntypedef struct limb_descriptor {\n");
    int at = 0;
    int gaps = 0;
    for (Field f : fields) {
      if (f.offset() > at) {
        s.append("  limb_u8 reserved").append(gaps++).append("[").append(f.offset() - at).append("];\n");
      }
      String name = f.name().replace('-', '_');
      if (name.equals("constant")) {
        s.append("#ifdef __OPENCL_VERSION__ /* where constant is a keyword */\n");
        s.append("  limb_u").append(8 * f.bytes()).append(" constant_;\n#else\n");
      }
      s.append("  limb_u").append(8 * f.bytes()).append(" ").append(name);
      s.append("; /* ").append(f.text()).append(" */\n");
      s.append(name.equals("constant") ? "#endif\n" : "");
      at = f.offset() + f.bytes();
    }
    if (bytes > at) {
      s.append("  limb_u8 reserved").append(gaps).append("[").append(bytes - at).append("];\n");
    }
    s.append("} limb_descriptor;\n\n#endif\n");
    return s.toString();
  }

  private static String markdown(int bytes, List<Field> fields, List<Instruction> instructions) {
    StringBuilder s = new StringBuilder();
    s.append("| code | instruction | meaning | |\n|---|---|---|---|\n");
    for (Instruction x : instructions) {
      s.append("| ").append(x.code()).append(" | `").append(x.name());
      if (x.uses('d') || x.uses('D')) {
        s.append(" d");
      }
      s.append(x.uses('a') ? (x.uses('d') || x.uses('D') ? ", a" : " a") : "");
      s.append(x.uses('b') ? ", b" : "").append(x.uses('c') ? ", c" : "").append(x.uses('g') ? ", g" : "");
      s.append(x.uses('s') ? ", p" : "");
      s.append("` | ").append(x.formula().replace("|", "\\|")).append(" | ").append(x.text());
      s.append(x.uses('r') ? "; b may be repeated" : "").append(x.inPlace() ? "; d may be an operand" : "");
      s.append(" |\n");
    }
    s.append("\n| bytes | field | |\n|---|---|---|\n");
    int end = 0;
    for (Field f : fields) {
      end = f.offset() + f.bytes();
      s.append("| ").append(f.offset()).append("–").append(end - 1).append(" | `").append(f.name());
      s.append("` | ").append(f.text()).append(" |\n");
    }
    s.append("| ").append(end).append("–").append(bytes - 1).append(" | | zero |\n");
    return s.toString();
  }
}
