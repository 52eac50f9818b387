package io.cipherstream.bench.trial;

import io.cipherstream.ring.Segment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the words of a program's arguments are: files that are named, else those beside the program
 * {@code p.lp} that are called {@code p.SEGMENT.in} and {@code p.SEGMENT.expect}, or the same with
 * {@code .txt}.
 *
 * @param in by segment
 * @param expect by segment
 * @param out by segment: where to write what the engine left
 */
public record TrialFiles(Map<String, Path> in, Map<String, Path> expect, Map<String, Path> out) {

  /** No file is named. */
  public static final TrialFiles BESIDE = new TrialFiles(Map.of(), Map.of(), Map.of());

  static final String PROGRAM = ".lp";

  public TrialFiles {
    in = Map.copyOf(in);
    expect = Map.copyOf(expect);
    out = Map.copyOf(out);
  }

  /**
   * @throws TrialException if a file is named for a segment that is no argument of the program
   */
  void check(Set<String> arguments) {
    Map<String, Path> all = new HashMap<>(in);
    all.putAll(expect);
    all.putAll(out);
    for (String name : all.keySet()) {
      if (!arguments.contains(name)) {
        throw new TrialException(
            "segment '" + name + "': expected an argument of the program: " + arguments);
      }
    }
  }

  Optional<Path> in(Path program, Segment segment) {
    return Optional.ofNullable(in.get(segment.name())).or(() -> beside(program, segment, "in"));
  }

  Optional<Path> expect(Path program, Segment segment) {
    return Optional.ofNullable(expect.get(segment.name()))
        .or(() -> beside(program, segment, "expect"));
  }

  private static Optional<Path> beside(Path program, Segment segment, String kind) {
    String name = program.getFileName().toString();
    String stem =
        name.endsWith(PROGRAM) ? name.substring(0, name.length() - PROGRAM.length()) : name;
    Path binary = program.resolveSibling(stem + "." + segment.name() + "." + kind);
    Path text = binary.resolveSibling(binary.getFileName() + ".txt");
    if (Files.exists(binary) && Files.exists(text)) {
      throw new TrialException(binary + " and " + text + ": expected one of them");
    }
    return Files.exists(binary)
        ? Optional.of(binary)
        : Files.exists(text) ? Optional.of(text) : Optional.empty();
  }
}
