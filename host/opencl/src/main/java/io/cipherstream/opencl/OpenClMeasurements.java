package io.cipherstream.opencl;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Measures limb instructions per second of an engine, in programs of independent instructions of
 * one kind. Times are wall times from submission to completion, the median of several runs, without
 * transfers and without planning the program.
 */
public final class OpenClMeasurements {

  /** The instructions of a program. */
  public enum Kind {
    NTT,
    INTT,
    /** Chains of 8 products on one result; the figure counts products. */
    PRODUCTS,
    ADD,
    SCALE,
    REDUCE,
    PERM
  }

  /** Products of a chain in {@link Kind#PRODUCTS}. */
  public static final int CHAIN = 8;

  /**
   * A figure.
   *
   * @param kernels the engine's kernels
   * @param limbs independent results of the program
   * @param perSecond instructions per second, from the median of the runs
   * @param perSecondBest from the fastest run, which says more on a shared machine
   */
  public record Figure(
      String device,
      String kernels,
      int degree,
      int limbs,
      Kind kind,
      double perSecond,
      double perSecondBest) {

    /** One line of JSON. */
    public String json() {
      return String.format(
          Locale.ROOT,
          "{\"device\": \"%s\", \"kernels\": \"%s\", \"degree\": %d, \"limbs\": %d, \"kind\":"
              + " \"%s\", \"perSecond\": %.0f, \"perSecondBest\": %.0f}",
          device,
          kernels,
          degree,
          limbs,
          kind,
          perSecond,
          perSecondBest);
    }
  }

  private OpenClMeasurements() {}

  /**
   * The figure of one kind.
   *
   * @param limbs independent results of the program
   * @param runs timed runs, after two others
   */
  public static Figure measure(OpenClEngine engine, Kind kind, int limbs, int runs) {
    LimbRing ring = engine.ring();
    LimbProgram program = program(ring, kind, limbs);
    List<LimbView> views = new ArrayList<>();
    try {
      for (Segment segment : program.arguments()) {
        LimbBuffer buffer = engine.allocate(segment.words());
        views.add(LimbView.of(buffer));
        fill(engine, buffer, ring);
      }
      long[] nanos = new long[runs];
      for (int i = -2; i < runs; i++) {
        long begin = System.nanoTime();
        Completion completion = engine.submit(program, views);
        completion.await();
        if (i >= 0) {
          nanos[i] = System.nanoTime() - begin;
        }
      }
      Arrays.sort(nanos);
      double instructions = program.instructions().size() * 1e9;
      return new Figure(
          engine.device().selector(),
          engine.kernels(),
          ring.degree(),
          limbs,
          kind,
          instructions / nanos[runs / 2],
          instructions / nanos[0]);
    } finally {
      views.forEach(v -> v.buffer().close());
    }
  }

  private static LimbProgram program(LimbRing ring, Kind kind, int limbs) {
    int degree = ring.degree();
    ProgramBuilder builder = LimbProgram.builder(kind.name(), ring);
    Segment a = builder.input("a", (long) limbs * degree);
    Segment b = builder.input("b", (long) limbs * degree);
    Segment d = builder.output("d", (long) limbs * degree);
    for (int i = 0; i < limbs; i++) {
      long word = (long) i * degree;
      int q = i % ring.moduli().size();
      Operand to = d.at(word);
      switch (kind) {
        case NTT -> builder.ntt(q, to, a.at(word));
        case INTT -> builder.intt(q, to, a.at(word));
        case ADD -> builder.add(q, to, a.at(word), b.at(word));
        case SCALE -> builder.scale(q, to, a.at(word), 12345);
        case REDUCE -> builder.reduce(q, to, a.at(word), (q + 1) % ring.moduli().size());
        case PERM -> builder.perm(q, to, a.at(word), 5);
        case PRODUCTS -> {
          builder.mul(q, to, a.at(word), b.at(word));
          for (int j = 1; j < CHAIN; j++) {
            long other = (long) ((i + j) % limbs) * degree;
            builder.mac(q, to, a.at(other), b.at(other));
          }
        }
      }
    }
    return builder.build();
  }

  /** Words that are canonical for every modulus. */
  private static void fill(OpenClEngine engine, LimbBuffer buffer, LimbRing ring) {
    long least = ring.moduli().stream().mapToLong(q -> q.value()).min().orElseThrow();
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(buffer.words() * Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(1);
    for (int at = 0; at < bytes.capacity(); at += Long.BYTES) {
      bytes.putLong(at, random.nextLong(least));
    }
    engine.upload(bytes, buffer, 0);
  }

  /**
   * Prints one line of JSON for each figure. Options: {@code --device} (a selection), {@code
   * --degree}, {@code --moduli}, {@code --bits}, {@code --limbs}, {@code --runs}, {@code --kernels}
   * (a name, or {@code all}; without, the engine's choice), {@code --kinds} (names with commas).
   */
  public static void main(String[] arguments) {
    Options options = new Options(arguments);
    OpenClDevice device = OpenClPlatforms.select(options.text("device"));
    LimbRing ring =
        RandomPrograms.ring(
            1, options.number("degree"), options.number("moduli"), options.number("bits"));
    for (OpenClOptions open : openings(options.text("kernels"), device, ring)) {
      try (OpenClEngine engine = OpenClEngine.open(device, ring, open)) {
        for (String kind : options.text("kinds").split(",", -1)) {
          Figure figure =
              measure(engine, Kind.valueOf(kind), options.number("limbs"), options.number("runs"));
          System.out.println(figure.json());
        }
      }
    }
  }

  private static List<OpenClOptions> openings(String kernels, OpenClDevice device, LimbRing ring) {
    OpenClOptions defaults = OpenClOptions.DEFAULTS;
    return switch (kernels) {
      case "" -> List.of(defaults);
      case "all" ->
          KernelVariant.possibleOn(device, ring).stream()
              .map(v -> defaults.withKernels(v.toString()))
              .toList();
      default -> List.of(defaults.withKernels(kernels));
    };
  }

  /** The command line: names and values, the rest by default. */
  private static final class Options {

    private final Map<String, String> values = new LinkedHashMap<>();

    Options(String[] arguments) {
      values.put("device", "opencl");
      values.put("degree", "8192");
      values.put("moduli", "4");
      values.put("bits", "50");
      values.put("limbs", "64");
      values.put("runs", "25");
      values.put("kernels", "");
      values.put("kinds", "NTT,INTT,PRODUCTS,ADD,SCALE,REDUCE,PERM");
      for (int i = 0; i < arguments.length; i += 2) {
        String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
        if (!values.containsKey(name) || i + 1 == arguments.length) {
          throw new IllegalArgumentException(
              "option "
                  + arguments[i]
                  + ": expected --NAME VALUE with a name of "
                  + values.keySet());
        }
        values.put(name, arguments[i + 1]);
      }
    }

    String text(String name) {
      return Objects.requireNonNull(values.get(name));
    }

    int number(String name) {
      return Integer.parseInt(text(name));
    }
  }
}
