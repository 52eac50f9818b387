package io.cipherstream.cli.bench;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchFigures;
import io.cipherstream.bench.report.BenchReport;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.report.Samples;
import io.cipherstream.cli.base.Table;
import io.cipherstream.report.Figures;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The figures of a run as a text table, with a row per case and a column per engine. */
final class BenchTables {

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
      List<Object> row = new ArrayList<>(List.of(BenchFigures.subject(subject)));
      for (String engine : engines) {
        row.add(
            report
                .find(subject, engine)
                .map(Measurement::samples)
                .map(Samples::median)
                .map(median -> Figures.digits(median) + " " + BenchFigures.unit(subject))
                .orElse(""));
      }
      table.row(row.toArray());
    }
    table.print(out);
    out.printf(
        "words: %d results compared with the reference engine's, %d differ%n",
        report.comparedWords(), report.differentWords());
  }
}
