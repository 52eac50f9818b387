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
 * Generates what software and hardware share from core-program.xml. Run by the build as a source
 * file: {@code java GenerateCoreProgram.java core-program.xml OUTPUT}. Writes {@code
 * java/io/cipherstream/core/{CoreOpcode,CoreLayout}.java}, {@code c/core_program.h} and {@code
 * markdown/core-program.md}; a file whose content would not change keeps its time stamp.
 */
final class GenerateCoreProgram {

  record Named(String name, int value, String text) {}

  record Field(String name, int offset, int bytes, String text) {
    String constant() {
      return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
  }

  record Operation(int code, String name, String uses, String formula, String text) {}

  private static final String USES = "daotlsmg";
  private static final String NOTICE = "Generated from core-program.xml; do not edit.";

  public static void main(String[] arguments) throws Exception {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of(arguments[0]).toFile())
            .getDocumentElement();
    int opBytes = Integer.parseInt(root.getAttribute("op-bytes"));
    int termBytes = Integer.parseInt(root.getAttribute("term-bytes"));
    List<Named> numbers = new ArrayList<>();
    numbers.add(new Named("VERSION", Integer.parseInt(root.getAttribute("version")), "version of the set"));
    numbers.add(new Named("OP_BYTES", opBytes, "bytes of an operation"));
    numbers.add(new Named("TERM_BYTES", termBytes, "bytes of a term"));
    for (Element e : elements(root, "limit")) {
      numbers.add(named(e, Integer.parseInt(e.getAttribute("value"))));
    }
    List<Named> flags = new ArrayList<>();
    for (Element e : elements(root, "flag")) {
      flags.add(named(e, 1 << Integer.parseInt(e.getAttribute("bit"))));
    }
    List<Field> fields = fields((Element) root.getElementsByTagName("fields").item(0));
    List<Field> terms = fields((Element) root.getElementsByTagName("terms").item(0));
    List<Operation> operations = new ArrayList<>();
    for (Element e : elements(root, "operation")) {
      operations.add(
          new Operation(
              Integer.parseInt(e.getAttribute("code")),
              e.getAttribute("name"),
              e.getAttribute("uses"),
              e.getAttribute("formula"),
              e.getAttribute("text")));
    }
    check(opBytes, fields);
    check(termBytes, terms);
    check(flags, operations);
    Path output = Path.of(arguments[1]);
    Path java = output.resolve("java/io/cipherstream/core");
    write(java.resolve("CoreOpcode.java"), opcodes(operations));
    write(java.resolve("CoreLayout.java"), layout(numbers, flags, fields, terms));
    write(output.resolve("c/core_program.h"), header(numbers, flags, fields, terms, operations));
    write(output.resolve("markdown/core-program.md"), markdown(flags, fields, terms, operations));
  }

  /** Fields lie where a C compiler would put them, without overlaps and inside their bytes. */
  static void check(int bytes, List<Field> fields) {
    Set<String> seen = new HashSet<>();
    int end = 0;
    for (Field f : fields) {
      require(seen.add(f.name()), "field " + f.name() + " is there twice");
      require(
          List.of(1, 2, 4, 8).contains(f.bytes()),
          "field " + f.name() + " has " + f.bytes() + " bytes, expected 1, 2, 4 or 8");
      require(f.offset() >= end, "field " + f.name() + " overlaps the one before, up to " + end);
      require(
          f.offset() % Math.min(f.bytes(), 8) == 0,
          "field " + f.name() + " at byte " + f.offset() + ": expected a multiple of its bytes");
      end = f.offset() + f.bytes();
    }
    require(end <= bytes, "fields end at byte " + end + " of " + bytes);
  }

  static void check(List<Named> flags, List<Operation> operations) {
    Set<Object> seen = new HashSet<>();
    for (Named f : flags) {
      require(f.value() > 0 && f.value() < 1 << 16, "flag " + f.name() + " is no bit of two bytes");
      require(seen.add(f.value()) && seen.add(f.name()), "flag " + f.name() + " is taken");
    }
    seen.clear();
    for (Operation o : operations) {
      require(o.code() > 0 && o.code() < 256, o.name() + " has the code " + o.code() + ", not a byte");
      require(seen.add(o.code()), "code " + o.code() + " of " + o.name() + " is taken");
      require(
          o.name().matches("[A-Z]+") && seen.add(o.name()),
          "operation name '" + o.name() + "' is no word in capitals or is taken");
      require(
          o.uses().chars().allMatch(c -> USES.indexOf(c) >= 0)
              && o.uses().chars().distinct().count() == o.uses().length(),
          o.name() + " uses '" + o.uses() + "': expected each of " + USES + " at most once");
      require(!o.text().isEmpty(), o.name() + " has no text");
    }
  }

  private static void require(boolean holds, String broken) {
    if (!holds) {
      throw new IllegalArgumentException("core-program.xml: " + broken);
    }
  }

  private static Named named(Element e, int value) {
    return new Named(e.getAttribute("name"), value, e.getTextContent().strip());
  }

  private static List<Field> fields(Element group) {
    List<Field> fields = new ArrayList<>();
    for (Element e : elements(group, "field")) {
      fields.add(
          new Field(
              e.getAttribute("name"),
              Integer.parseInt(e.getAttribute("offset")),
              Integer.parseInt(e.getAttribute("bytes")),
              e.getTextContent().strip()));
    }
    return fields;
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

  private static String opcodes(List<Operation> operations) {
    StringBuilder s = new StringBuilder();
    s.append("// ").append(NOTICE).append("\npackage io.cipherstream.core;\n\n");
    s.append("/** The operations of a cluster; q is the modulus that one names, N the ring degree. */\n");
    s.append("public enum CoreOpcode {\n");
    for (int i = 0; i < operations.size(); i++) {
      Operation o = operations.get(i);
      s.append("  /** ").append(o.formula().isEmpty() ? "" : "{@code " + o.formula() + "}: ");
      s.append(o.text()).append(". */\n  ").append(o.name()).append("(").append(o.code()).append(")");
      s.append(i + 1 < operations.size() ? ",\n" : ";\n\n");
    }
    s.append(
        """
          private final int code;

          CoreOpcode(int code) {
            this.code = code;
          }

          /** The byte that stands for the operation. */
          public int code() {
            return code;
          }

          /**
           * The operation of a byte.
           *
           * @throws IllegalArgumentException if there is none
           */
          public static CoreOpcode of(int code) {
            for (CoreOpcode opcode : values()) {
              if (opcode.code == code) {
                return opcode;
              }
            }
            throw new IllegalArgumentException("no operation has the opcode " + code);
          }
        }
        """);
    return s.toString();
  }

  private static String layout(
      List<Named> numbers, List<Named> flags, List<Field> fields, List<Field> terms) {
    StringBuilder s = new StringBuilder();
    s.append("// ").append(NOTICE).append("\npackage io.cipherstream.core;\n\n");
    s.append("/** Binary layout of core programs: limits, flags and byte offsets, little endian. */\n");
    s.append("public final class CoreLayout {\n\n");
    numbers.forEach(n -> constant(s, n.text(), n.name(), n.value()));
    flags.forEach(f -> constant(s, "Flag: " + f.text(), "FLAG_" + f.name(), f.value()));
    for (List<Field> group : List.of(fields, terms)) {
      group.forEach(f -> constant(s, f.text() + "; " + f.bytes() + " bytes", f.constant(), f.offset()));
    }
    s.append("  private CoreLayout() {}\n}\n");
    return s.toString();
  }

  private static void constant(StringBuilder s, String text, String name, int value) {
    s.append("  /** ").append(text).append(". */\n");
    s.append("  public static final int ").append(name).append(" = ").append(value).append(";\n\n");
  }

  private static String header(
      List<Named> numbers,
      List<Named> flags,
      List<Field> fields,
      List<Field> terms,
      List<Operation> operations) {
    StringBuilder s = new StringBuilder();
    s.append("/* ").append(NOTICE).append(" For C and C++. */\n");
    s.append("#ifndef CIPHERSTREAM_CORE_PROGRAM_H\n#define CIPHERSTREAM_CORE_PROGRAM_H\n\n");
    numbers.forEach(n -> define(s, n.name(), n.value(), n.text()));
    operations.forEach(o -> define(s, "OP_" + o.name(), o.code(), o.text()));
    flags.forEach(f -> define(s, "FLAG_" + f.name(), f.value(), f.text()));
    for (List<Field> group : List.of(fields, terms)) {
      group.forEach(f -> define(s, "AT_" + f.constant(), f.offset(), f.text() + ", " + f.bytes() + " bytes"));
    }
    s.append("\n#endif\n");
    return s.toString();
  }

  private static void define(StringBuilder s, String name, int value, String text) {
    s.append("#define CORE_").append(name).append(" ").append(value);
    s.append(" /* ").append(text).append(" */\n");
  }

  private static String markdown(
      List<Named> flags, List<Field> fields, List<Field> terms, List<Operation> operations) {
    StringBuilder s = new StringBuilder();
    s.append("| code | operation | meaning | |\n|---|---|---|---|\n");
    for (Operation o : operations) {
      s.append("| ").append(o.code()).append(" | `").append(o.name()).append("` | ");
      s.append(o.formula().replace("|", "\\|")).append(" | ").append(o.text()).append(" |\n");
    }
    s.append("\n| bit | flag | |\n|---|---|---|\n");
    for (Named f : flags) {
      s.append("| ").append(Integer.numberOfTrailingZeros(f.value())).append(" | `").append(f.name());
      s.append("` | ").append(f.text()).append(" |\n");
    }
    for (List<Field> group : List.of(fields, terms)) {
      s.append("\n| bytes | field | |\n|---|---|---|\n");
      for (Field f : group) {
        int last = f.offset() + f.bytes() - 1;
        s.append("| ").append(f.offset()).append("–").append(last).append(" | `").append(f.name());
        s.append("` | ").append(f.text()).append(" |\n");
      }
    }
    return s.toString();
  }
}
