package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Compares an engine with an oracle on random programs, word for word. Every engine has to pass it.
 *
 * <p>All arguments of a program lie in one buffer with guard lines around them, and the whole
 * buffer is compared, so that words written outside the arguments show too. Several programs are
 * submitted before the first is waited for.
 */
public final class EngineConformance {

  private static final int BATCH = 4;
  private static final int PROGRAM_INSTRUCTIONS_MAX = 200;
  private static final int GUARD_WORDS = 2 * DescriptorLayout.LINE_WORDS;

  /**
   * What was compared.
   *
   * @param words words compared
   */
  public record Report(
      String candidate,
      String oracle,
      long seed,
      int programs,
      Map<Opcode, Long> instructions,
      long words) {

    public Report {
      instructions = Collections.unmodifiableMap(new EnumMap<>(instructions));
    }

    @Override
    public String toString() {
      return String.format(
          "%s = %s: %d programs, %d instructions, %d words, seed %d",
          candidate,
          oracle,
          programs,
          instructions.values().stream().mapToLong(Long::longValue).sum(),
          words,
          seed);
    }
  }

  private final LimbEngine candidate;
  private final LimbEngine oracle;
  private final long seed;
  private final Map<Opcode, Long> instructions = new EnumMap<>(Opcode.class);
  private int programs;
  private long words;

  private EngineConformance(LimbEngine candidate, LimbEngine oracle, long seed) {
    this.candidate = candidate;
    this.oracle = oracle;
    this.seed = seed;
  }

  /**
   * Runs random programs of that many instructions in all, on the engines' ring.
   *
   * @throws EngineException of kind MISMATCH if anything differs, with program, segment, word, both
   *     words, seed and, where it can be found, the first instruction that differs; whatever the
   *     engines throw
   * @throws IllegalArgumentException if the engines' rings differ
   */
  public static Report run(LimbEngine candidate, LimbEngine oracle, long seed, int instructions) {
    return run(candidate, oracle, seed, instructions, (one, two, program, data) -> {});
  }

  /** Hears of the program on which two engines differ, before the exception is thrown. */
  @FunctionalInterface
  public interface DifferenceListener {

    /**
     * @param data words of each argument before, in order
     */
    void differs(LimbEngine candidate, LimbEngine oracle, LimbProgram program, List<long[]> data);
  }

  /**
   * As {@link #run(LimbEngine, LimbEngine, long, int)}.
   *
   * @param listener may use the engines
   */
  public static Report run(
      LimbEngine candidate,
      LimbEngine oracle,
      long seed,
      int instructions,
      DifferenceListener listener) {
    EngineConformance conformance = between(candidate, oracle, seed);
    conformance.all(instructions, listener);
    return new Report(
        candidate.name(),
        oracle.name(),
        seed,
        conformance.programs,
        conformance.instructions,
        conformance.words);
  }

  /**
   * What a program left.
   *
   * @param words of each argument, in order
   * @param zeroWords its zero count
   */
  public record Outcome(List<long[]> words, long zeroWords) {

    public Outcome {
      words = List.copyOf(words);
    }
  }

  /**
   * Runs one program of the engines' ring.
   *
   * @param data words of each argument before, in order
   * @return what both engines left
   * @throws EngineException of kind MISMATCH as {@link #run}; whatever the engines throw
   * @throws IllegalArgumentException if the engines' rings differ
   */
  public static Outcome one(
      LimbEngine candidate, LimbEngine oracle, LimbProgram program, List<long[]> data) {
    EngineConformance conformance = between(candidate, oracle, 0);
    try (Staging staging = new Staging()) {
      Case single = conformance.new Case(program, data, staging);
      try {
        single.submit();
        single.compare("", (one, two, same, given) -> {});
        return single.outcome();
      } finally {
        single.close();
      }
    }
  }

  private static EngineConformance between(LimbEngine candidate, LimbEngine oracle, long seed) {
    if (!candidate.ring().equals(oracle.ring())) {
      throw new IllegalArgumentException(
          "engines to compare are for the " + candidate.ring() + " and the " + oracle.ring());
    }
    return new EngineConformance(candidate, oracle, seed);
  }

  private void all(int total, DifferenceListener listener) {
    SplittableRandom lengths = new SplittableRandom(seed);
    RandomPrograms random = new RandomPrograms(seed, candidate.ring());
    int left = total;
    while (left > 0) {
      List<Case> cases = new ArrayList<>();
      try (Staging staging = new Staging()) {
        for (int i = 0; i < BATCH && left > 0; i++) {
          int length = Math.min(left, 1 + lengths.nextInt(PROGRAM_INSTRUCTIONS_MAX));
          left -= length;
          LimbProgram program = random.next(length);
          cases.add(new Case(program, random.data(program), staging));
        }
        cases.forEach(Case::submit);
        cases.forEach(each -> each.compare("; seed " + seed, listener));
      } finally {
        cases.forEach(Case::close);
      }
    }
  }

  /** One program, its data on both engines. */
  private final class Case {
    private final LimbProgram program;
    private final List<long[]> data;
    private final Staging staging;
    private final List<LimbBuffer> buffers = new ArrayList<>();
    private final List<Completion> completions = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private long length = GUARD_WORDS;

    Case(LimbProgram program, List<long[]> data, Staging staging) {
      this.program = program;
      this.data = data;
      this.staging = staging;
      for (long[] argument : data) {
        offsets.add(length);
        length += argument.length + GUARD_WORDS;
      }
    }

    void submit() {
      for (LimbEngine engine : List.of(candidate, oracle)) {
        LimbBuffer buffer = engine.allocate(length);
        buffers.add(buffer);
        List<LimbView> views = new ArrayList<>();
        long guard = 0;
        for (int i = 0; i < data.size(); i++) {
          staging.upload(guard(), engine, buffer, guard);
          staging.upload(data.get(i), engine, buffer, offsets.get(i));
          views.add(new LimbView(buffer, offsets.get(i), data.get(i).length));
          guard = offsets.get(i) + data.get(i).length;
        }
        staging.upload(guard(), engine, buffer, guard);
        completions.add(engine.submit(program, views));
      }
    }

    private long[] guard() {
      long[] words = new long[GUARD_WORDS];
      Arrays.fill(words, 0x5a5a5a5a5a5a5a5aL);
      return words;
    }

    /**
     * @param source how to make the program again, for the message
     */
    void compare(String source, DifferenceListener listener) {
      String text = difference();
      if (text != null) {
        listener.differs(candidate, oracle, program, data);
        throw new EngineException(
            EngineException.Kind.MISMATCH,
            program.name()
                + ": engine "
                + candidate.name()
                + " differs from "
                + oracle.name()
                + ": "
                + text
                + source
                + ", N = "
                + program.ring().degree()
                + first());
      }
      programs++;
      words += length;
      program.instructions().forEach(i -> instructions.merge(i.opcode(), 1L, Long::sum));
    }

    Outcome outcome() {
      List<long[]> after = new ArrayList<>();
      for (int i = 0; i < data.size(); i++) {
        LimbView view = new LimbView(buffers.get(0), offsets.get(i), data.get(i).length);
        after.add(staging.download(candidate, view));
      }
      return new Outcome(after, completions.get(0).await().zeroWords());
    }

    /** What differs, or null. */
    @Nullable String difference() {
      long got = completions.get(0).await().zeroWords();
      long expected = completions.get(1).await().zeroWords();
      Staging.Difference difference =
          staging.difference(
              candidate, LimbView.of(buffers.get(0)), oracle, LimbView.of(buffers.get(1)));
      if (difference == null) {
        return got == expected ? null : "zero words: " + got + ", expected " + expected;
      }
      for (Segment s : program.arguments()) {
        long begin = offsets.get(program.arguments().indexOf(s));
        if (difference.word() >= begin && difference.word() < begin + s.words()) {
          return CrossCheckedEngine.text(
              s,
              new Staging.Difference(
                  difference.word() - begin, difference.left(), difference.right()));
        }
      }
      return "word " + difference.word() + " outside all arguments was written";
    }

    /** The shortest beginning of the program, scratch memory exposed, that differs. */
    private String first() {
      int same = 0;
      int differs = program.instructions().size();
      if (!differs(differs)) {
        return "";
      }
      while (differs - same > 1) {
        int middle = (same + differs) / 2;
        if (differs(middle)) {
          differs = middle;
        } else {
          same = middle;
        }
      }
      return "; first at instruction" + Disassembler.line(program, differs - 1);
    }

    private boolean differs(int prefix) {
      List<Segment> exposed = new ArrayList<>();
      List<long[]> words = new ArrayList<>();
      int argument = 0;
      for (Segment s : program.segments()) {
        boolean scratch = s.access() == Segment.Access.SCRATCH;
        exposed.add(
            new Segment(
                s.index(), s.name(), scratch ? Segment.Access.OUTPUT : s.access(), s.words()));
        words.add(scratch ? new long[Math.toIntExact(s.words())] : data.get(argument++));
      }
      LimbProgram part =
          new LimbProgram(
              program.name(),
              program.ring(),
              exposed,
              program.instructions().subList(0, prefix),
              new int[] {0});
      Case beginning = new Case(part, words, staging);
      try {
        beginning.submit();
        return beginning.difference() != null;
      } finally {
        beginning.close();
      }
    }

    void close() {
      buffers.forEach(LimbBuffer::close);
    }
  }
}
