package io.cipherstream.bench.trial;

import io.cipherstream.ring.Assembler;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramException;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A program file with its words.
 *
 * @param file the program's
 * @param program what it says
 * @param data words of each argument before, in order
 * @param drawn segments that the program reads and whose words are drawn, since no file has them
 * @param expected words of segments afterwards, by name
 * @param out where to write words afterwards, by name
 */
public record ProgramTrial(
    Path file,
    LimbProgram program,
    List<long[]> data,
    List<String> drawn,
    Map<String, long[]> expected,
    Map<String, Path> out) {

  /** A longer text is no program that anybody wrote or recorded. */
  private static final long TEXT_BYTES_MAX = 256L << 20;

  public ProgramTrial {
    data = List.copyOf(data);
    drawn = List.copyOf(drawn);
    expected = Map.copyOf(expected);
    out = Map.copyOf(out);
  }

  /**
   * Reads a program and its words.
   *
   * @param seed of words that no file has; they are valid for the program
   * @throws TrialException if a file cannot be read or used
   * @throws ProgramException if the text is no valid program, or words are no residues
   */
  public static ProgramTrial read(Path file, TrialFiles files, long seed) {
    LimbProgram program = Assembler.program(text(file));
    Set<String> names = new LinkedHashSet<>();
    program.arguments().forEach(segment -> names.add(segment.name()));
    files.check(names);
    List<long[]> data = new ArrayList<>();
    List<String> drawn = new ArrayList<>();
    Map<String, long[]> expected = new LinkedHashMap<>();
    Set<Segment> read = RandomPrograms.read(program);
    List<long[]> random = new RandomPrograms(seed, program.ring()).data(program);
    for (Segment segment : program.arguments()) {
      Optional<Path> in = files.in(file, segment);
      if (in.isEmpty() && read.contains(segment)) {
        drawn.add(segment.name());
      }
      data.add(in.map(f -> WordFile.read(f, segment)).orElseGet(() -> random.get(data.size())));
      files
          .expect(file, segment)
          .ifPresent(f -> expected.put(segment.name(), WordFile.read(f, segment)));
    }
    RandomPrograms.check(program, data);
    return new ProgramTrial(file, program, data, drawn, expected, files.out());
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > TEXT_BYTES_MAX) {
        throw new TrialException(
            file + " has " + Files.size(file) + " bytes, expected at most " + TEXT_BYTES_MAX);
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TrialException(file + " cannot be read: " + e, e);
    }
  }

  /**
   * Writes what an engine left, and compares it with what is expected.
   *
   * @param words of each argument, in order
   * @return the first word of each segment that differs
   */
  List<String> finish(List<long[]> words) {
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      Segment segment = program.arguments().get(i);
      Path target = out.get(segment.name());
      if (target != null) {
        WordFile.write(target, words.get(i));
      }
      long[] want = expected.get(segment.name());
      int at = want == null ? -1 : Arrays.mismatch(words.get(i), want);
      if (want != null && at >= 0) {
        differences.add(
            String.format(
                "segment %s, word %d (limb %d, word %d of it): %s, as the interpreter has it, expected %s",
                segment.name(),
                at,
                at / program.ring().degree(),
                at % program.ring().degree(),
                Long.toUnsignedString(words.get(i)[at]),
                Long.toUnsignedString(want[at])));
      }
    }
    return differences;
  }
}
