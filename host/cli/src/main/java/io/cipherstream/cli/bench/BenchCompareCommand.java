package io.cipherstream.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchFigures;
import io.cipherstream.bench.report.BenchReport;
import io.cipherstream.bench.report.Comparison;
import io.cipherstream.bench.report.Comparison.Line;
import io.cipherstream.bench.report.Comparison.Verdict;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import io.cipherstream.report.Figures;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench compare}: the differences between two runs. */
@Command(
    name = "compare",
    description = {
      "Compare two runs: the ratio of the medians, B to A, for every case that both have. FASTER"
          + " and SLOWER mark changes outside the spread of either run and of at least 3 %%."
    },
    footer = {
      "%nExit codes: 0 nothing is slower; 5 something is; 3 a file is not a report of this version,"
          + " or the runs differ in machine, parameters or settings (--force compares them)."
    })
final class BenchCompareCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(index = "0", paramLabel = "A.json", description = "bench.json of the earlier run.")
  private Path a = Path.of("");

  @Parameters(index = "1", paramLabel = "B.json", description = "bench.json of the later run.")
  private Path b = Path.of("");

  @Option(
      names = "--force",
      description = "Compare runs even if they differ in machine, parameters or settings.")
  private boolean force;

  @Option(names = "--changes", description = "Show only what changed.")
  private boolean changes;

  @Override
  public Integer call() {
    BenchReport before = BenchReport.FILE.read(a);
    BenchReport after = BenchReport.FILE.read(b);
    Comparison comparison = Comparison.of(before, after, force);
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      comparison.lines().stream().filter(this::shown).forEach(line -> Json.print(out, json(line)));
    } else {
      print(comparison, out);
      out.printf(
          Locale.ROOT,
          "load of the machine, before and after each run: A %.1f, %.1f; B %.1f, %.1f%n",
          before.loadBefore(),
          before.loadAfter(),
          after.loadBefore(),
          after.loadAfter());
      out.flush();
    }
    return comparison.slower() == 0 ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
  }

  private boolean shown(Line line) {
    return !changes || line.verdict() != Verdict.SAME;
  }

  private static ObjectNode json(Line line) {
    ObjectNode json = Json.MAPPER.valueToTree(line.what());
    json.put("unit", line.unit());
    json.put("medianA", line.medianA());
    json.put("medianB", line.medianB());
    json.put("ratio", line.ratio());
    json.put("verdict", line.verdict().name().toLowerCase(Locale.ROOT));
    return json;
  }

  private void print(Comparison comparison, PrintWriter out) {
    Table table = new Table("case", "engine", "unit", "A", "B", "B/A", "");
    for (Line line : comparison.lines()) {
      if (shown(line)) {
        BenchCase what = line.what();
        table.row(
            BenchFigures.subject(what),
            what.engine(),
            line.unit(),
            Figures.digits(line.medianA()),
            Figures.digits(line.medianB()),
            String.format(Locale.ROOT, "%.2f", line.ratio()),
            line.verdict() == Verdict.SAME ? "" : line.verdict().name());
      }
    }
    table.print(out);
    long faster =
        comparison.lines().stream().filter(line -> line.verdict() == Verdict.FASTER).count();
    out.printf(
        "%d cases compared: %d faster, %d slower, the rest within the spread; %d only in A, %d"
            + " only in B%n",
        comparison.lines().size(),
        faster,
        comparison.slower(),
        comparison.onlyA().size(),
        comparison.onlyB().size());
    out.flush();
  }
}
