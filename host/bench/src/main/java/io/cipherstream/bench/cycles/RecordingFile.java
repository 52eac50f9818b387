package io.cipherstream.bench.cycles;

import io.cipherstream.core.Submission;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recording as text, compressed by gzip. Lines: {@code N degree}, {@code M modulus}; {@code P
 * number name}, {@code S access words name}, {@code I opcode modulus source shift mirrored galois
 * constant d a b} (an operand is {@code segment:line} or {@code -}); {@code cold} and {@code warm};
 * {@code R}, which begins a round; {@code X program buffer:offset:words…}. It holds no words: keys
 * and ciphertexts stay where they are.
 */
public final class RecordingFile {

  private RecordingFile() {}

  /** Writes a recording. */
  public static void write(Recording recording, OutputStream to) throws IOException {
    try (PrintWriter out =
        new PrintWriter(new GZIPOutputStream(to), false, StandardCharsets.UTF_8)) {
      out.println("N " + recording.ring().degree());
      recording.ring().moduli().forEach(q -> out.println("M " + q.value()));
      Map<LimbProgram, Integer> numbers = new IdentityHashMap<>();
      for (List<List<Submission>> rounds : List.of(recording.cold(), recording.warm())) {
        out.println(rounds == recording.cold() ? "cold" : "warm");
        for (List<Submission> round : rounds) {
          for (Submission s : round) {
            if (!numbers.containsKey(s.program())) {
              numbers.put(s.program(), numbers.size());
              program(s.program(), numbers.size() - 1, out);
            }
          }
          out.println("R");
          for (Submission s : round) {
            StringBuilder line = new StringBuilder("X " + numbers.get(s.program()));
            for (Submission.Region r : s.arguments()) {
              line.append(' ').append(r.buffer()).append(':').append(r.offset());
              line.append(':').append(r.words());
            }
            out.println(line);
          }
        }
      }
    }
  }

  private static void program(LimbProgram p, int number, PrintWriter out) {
    out.println("P " + number + " " + p.name().replace(' ', '_'));
    for (Segment s : p.segments()) {
      out.println("S " + s.access() + " " + s.words() + " " + s.name().replace(' ', '_'));
    }
    for (Instruction i : p.instructions()) {
      out.println(
          String.join(
              " ",
              "I",
              i.opcode().name(),
              String.valueOf(i.modulus()),
              String.valueOf(i.sourceModulus()),
              String.valueOf(i.repeat().shift()),
              i.repeat().mirrored() ? "1" : "0",
              String.valueOf(i.galois()),
              String.valueOf(i.constant()),
              text(i.d()),
              text(i.a()),
              text(i.b())));
    }
  }

  private static String text(@Nullable Operand o) {
    return o == null ? "-" : o.segment() + ":" + o.line();
  }

  /**
   * Reads a recording.
   *
   * @throws IOException if it cannot be read, or a line is not of this form; the text names it
   */
  public static Recording read(InputStream from) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(from), StandardCharsets.UTF_8))) {
      Reader reader = new Reader();
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        try {
          reader.line(line.split(" ", -1));
        } catch (RuntimeException e) {
          throw new IOException("line " + number + " of a recording, '" + line + "': " + e, e);
        }
      }
      return reader.end();
    }
  }

  private static final class Reader {
    private int degree;
    private final List<Modulus> moduli = new ArrayList<>();
    private @Nullable LimbRing ring;
    private @Nullable ProgramBuilder builder;
    private int building;
    private final Map<Integer, LimbProgram> programs = new HashMap<>();
    private final List<List<Submission>> cold = new ArrayList<>();
    private final List<List<Submission>> warm = new ArrayList<>();
    private boolean isWarm;

    void line(String[] t) {
      switch (t[0]) {
        case "N" -> degree = Integer.parseInt(t[1]);
        case "M" -> moduli.add(new Modulus(Long.parseLong(t[1])));
        case "cold", "warm" -> isWarm = t[0].equals("warm");
        case "P" -> {
          built();
          building = Integer.parseInt(t[1]);
          builder = LimbProgram.builder(t[2], ring());
        }
        case "S" -> open().segment(t[3], Segment.Access.valueOf(t[1]), Long.parseLong(t[2]));
        case "I" -> instruction(t);
        case "R" -> {
          built();
          (isWarm ? warm : cold).add(new ArrayList<>());
        }
        case "X" -> submission(t);
        default -> throw new IllegalArgumentException("it begins with '" + t[0] + "'");
      }
    }

    Recording end() {
      return new Recording(ring(), cold, warm);
    }

    private LimbRing ring() {
      if (ring == null) {
        ring = new LimbRing(degree, moduli);
      }
      return ring;
    }

    private ProgramBuilder open() {
      if (builder == null) {
        throw new IllegalArgumentException("it stands outside a program");
      }
      return builder;
    }

    private void built() {
      if (builder != null) {
        programs.put(building, builder.build());
        builder = null;
      }
    }

    private void instruction(String[] t) {
      open()
          .append(
              new Instruction(
                  Opcode.valueOf(t[1]),
                  Integer.parseInt(t[2]),
                  Integer.parseInt(t[3]),
                  new Repeat(Integer.parseInt(t[4]), t[5].equals("1")),
                  Integer.parseInt(t[6]),
                  Long.parseLong(t[7]),
                  operand(t[8]),
                  operand(t[9]),
                  operand(t[10])));
    }

    private static @Nullable Operand operand(String text) {
      if (text.equals("-")) {
        return null;
      }
      int colon = text.indexOf(':');
      return new Operand(
          Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    private void submission(String[] t) {
      LimbProgram program = programs.get(Integer.parseInt(t[1]));
      if (program == null) {
        throw new IllegalArgumentException("there is no program " + t[1]);
      }
      List<Submission.Region> regions = new ArrayList<>();
      for (int i = 2; i < t.length; i++) {
        String[] r = t[i].split(":", -1);
        regions.add(
            new Submission.Region(
                Integer.parseInt(r[0]), Long.parseLong(r[1]), Long.parseLong(r[2])));
      }
      List<List<Submission>> rounds = isWarm ? warm : cold;
      rounds.get(rounds.size() - 1).add(new Submission(program, regions));
    }
  }
}
