package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What changed from run A to run B.
 *
 * @param lines one for each case that both have samples of, in A's order
 * @param onlyA cases that only A has
 * @param onlyB cases that only B has
 */
public record Comparison(List<Line> lines, List<BenchCase> onlyA, List<BenchCase> onlyB) {

  /** Smaller changes of the median are never called a change: 3 %. */
  public static final double CHANGE_MIN = 0.03;

  private static final double FENCE = 1.5;

  /** What is to be said of a case. */
  public enum Verdict {
    SAME,
    FASTER,
    SLOWER
  }

  /**
   * One case.
   *
   * @param ratio B's median / A's; below 1 is faster
   */
  public record Line(
      BenchCase what, String unit, double medianA, double medianB, double ratio, Verdict verdict) {}

  public Comparison {
    lines = List.copyOf(lines);
    onlyA = List.copyOf(onlyA);
    onlyB = List.copyOf(onlyB);
  }

  /** Cases that are slower in B. */
  public long slower() {
    return lines.stream().filter(line -> line.verdict == Verdict.SLOWER).count();
  }

  /**
   * Compares two runs. A change is called one if each median lies outside the other's fences
   * (quartiles ± {@value #FENCE} times their distance) and differs by at least {@value
   * #CHANGE_MIN}.
   *
   * @param force compare runs of different machines, parameter sets or settings all the same
   * @throws BenchException of kind DIFFERENT if they are different and not forced
   */
  public static Comparison of(BenchReport a, BenchReport b, boolean force) {
    List<String> differences = differences(a, b);
    if (!force && !differences.isEmpty()) {
      throw new BenchException(
          Kind.DIFFERENT,
          "the reports cannot be compared fairly ("
              + String.join("; ", differences)
              + "): use --force to compare them all the same");
    }
    List<Line> lines = new ArrayList<>();
    List<BenchCase> onlyA = new ArrayList<>();
    for (Measurement m : a.measurements()) {
      Samples before = m.samples();
      if (before == null) {
        continue;
      }
      var other = b.find(m.what().subject(), m.what().engine());
      if (other.isEmpty()) {
        onlyA.add(m.what());
      } else {
        Samples after = Objects.requireNonNull(other.get().samples());
        lines.add(line(m, before, after));
      }
    }
    List<BenchCase> onlyB =
        b.measurements().stream()
            .filter(m -> m.samples() != null)
            .map(Measurement::what)
            .filter(what -> a.find(what.subject(), what.engine()).isEmpty())
            .toList();
    return new Comparison(lines, onlyA, onlyB);
  }

  /** What makes two runs unlike each other, for people. */
  static List<String> differences(BenchReport a, BenchReport b) {
    List<String> all = new ArrayList<>();
    difference(all, "processor", a.machine().cpu(), b.machine().cpu());
    difference(all, "processors", a.machine().processors(), b.machine().processors());
    difference(all, "Java", a.machine().java(), b.machine().java());
    difference(all, "settings", a.settings(), b.settings());
    for (BenchReport.ParameterSet set : a.parameters()) {
      b.parameters().stream()
          .filter(other -> other.name().equals(set.name()))
          .forEach(other -> difference(all, "parameters " + set.name(), set, other));
    }
    return all;
  }

  private static void difference(List<String> all, String what, Object a, Object b) {
    if (!a.equals(b)) {
      all.add(what + ": " + a + " and " + b);
    }
  }

  private static Line line(Measurement m, Samples before, Samples after) {
    double ratio = after.median() / before.median();
    boolean outside =
        Math.abs(ratio - 1) >= CHANGE_MIN
            && outside(before, after.median())
            && outside(after, before.median());
    Verdict verdict = !outside ? Verdict.SAME : ratio < 1 ? Verdict.FASTER : Verdict.SLOWER;
    return new Line(m.what(), m.unit(), before.median(), after.median(), ratio, verdict);
  }

  private static boolean outside(Samples samples, double value) {
    double margin = FENCE * (samples.upperQuartile() - samples.lowerQuartile());
    return value < samples.lowerQuartile() - margin || value > samples.upperQuartile() + margin;
  }
}
