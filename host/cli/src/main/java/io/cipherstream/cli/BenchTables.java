package io.cipherstream.cli;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchReport;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.report.Samples;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The figures of a run as a text table: a row for each case, a column for each engine. */
final class BenchTables {

  private static final double LARGE = 100;

  private BenchTables() {}

  static void print(BenchReport report, PrintWriter out) {
    Set<BenchCase> subjects = new LinkedHashSet<>();
    Set<String> engines = new LinkedHashSet<>();
    for (Measurement m : report.measurements()) {
      subjects.add(m.what().subject());
    }
    report.engines().stream()
        .filter(e -> report.measurements().stream().anyMatch(m -> m.what().engine().equals(e.id())))
        .forEach(e -> engines.add(e.id()));
    List<String> header = new ArrayList<>(List.of("median"));
    header.addAll(engines);
    Table table = new Table(header.toArray(String[]::new));
    for (BenchCase subject : subjects) {
      List<Object> row = new ArrayList<>(List.of(subject(subject)));
      for (String engine : engines) {
        row.add(
            report
                .find(subject, engine)
                .map(Measurement::samples)
                .map(Samples::median)
                .map(median -> figure(median) + unit(subject))
                .orElse(""));
      }
      table.row(row.toArray());
    }
    table.print(out);
    out.printf(
        "words: %d results compared with the reference engine's, %d differ%n",
        report.comparedWords(), report.differentWords());
  }

  private static String unit(BenchCase subject) {
    return subject.kind() == BenchCase.Kind.SENTENCE ? " s" : " µs";
  }

  /** What was measured, without the engine. */
  static String subject(BenchCase what) {
    String threads = what.threads() == 1 ? "" : ", " + what.threads() + " threads";
    return switch (what.kind()) {
      case INSTRUCTION ->
          what.name() + " " + what.parameters() + ", " + what.limbs() + " a program" + threads;
      case OPERATION ->
          what.name() + " " + what.parameters() + ", " + what.limbs() + " limbs" + threads;
      case SENTENCE -> what.name();
    };
  }

  /** Three digits or more. */
  static String figure(double value) {
    return value >= LARGE
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }
}
