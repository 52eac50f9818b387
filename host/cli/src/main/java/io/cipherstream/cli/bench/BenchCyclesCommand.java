package io.cipherstream.cli.bench;

import io.cipherstream.bench.cycles.SentenceFigures;
import io.cipherstream.bench.cycles.report.CycleGoal;
import io.cipherstream.bench.cycles.report.CycleMeasurement;
import io.cipherstream.bench.cycles.report.CyclePage;
import io.cipherstream.bench.cycles.report.CycleReport;
import io.cipherstream.bench.cycles.run.CycleOptions;
import io.cipherstream.bench.cycles.run.CycleRun;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.cli.base.SimulationUser;
import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.base.Version;
import io.cipherstream.cli.device.BitstreamConfiguration;
import io.cipherstream.report.Figures;
import io.cipherstream.report.JsonReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench cycles}: cycles of the simulated core, beside the predictions of a model. */
@Command(
    name = "cycles",
    description = {
      "Run transforms, word-wise instructions, rotations and matrix products on simulated cards,"
          + " compare every word with the interpreter, and show cycles, utilisation and bytes"
          + " beside a model's predictions; then predict cards with that model."
    },
    footer = {
      "%nExample:",
      "  cipherstream bench cycles --quick --out cycles",
      "  cipherstream bench cycles --sentence sst2-tiny --card u55c --json",
      "%nWrites cycles.json and cycles.html. Takes a few minutes with --quick and about 25 without,"
          + " the first time longer, since images are built. Exit code 5: words differ."
    })
final class BenchCyclesCommand implements Callable<Integer>, SimulationUser {

  private static final String CARD_DEFAULT = "u55c";

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--configurations",
      paramLabel = "C",
      split = ",",
      description = {
        "Simulated configurations, separated by commas;",
        "default " + CycleOptions.FULL + ",",
        "with --quick " + CycleOptions.QUICK + "."
      })
  private List<String> configurations = List.of();

  @Option(
      names = "--quick",
      description =
          "N = 8192 only, few instructions, and no program of more than two million cycles.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the two files; default: ${DEFAULT-VALUE}.",
      defaultValue = "cycle-report")
  private Path out = Path.of("cycle-report");

  @Option(
      names = "--sentence",
      paramLabel = "MODEL",
      description = {
        "Instead predict what a card's clusters take for one sentence in this model,",
        "for example sst2-tiny or sst2-sealed; simulates nothing."
      })
  private @Nullable String sentence;

  @Option(
      names = "--card",
      paramLabel = "CARD",
      description = "With --sentence: u55c, u280 or u250; default: " + CARD_DEFAULT + ".")
  private @Nullable String card;

  @Option(
      names = "--recording",
      paramLabel = "FILE",
      description = "With --sentence: also write the sentence's limb programs to FILE.")
  private @Nullable Path recording;

  @Override
  public List<String> simulations() {
    if (sentence != null) {
      return List.of();
    }
    return CycleOptions.configurations(configurations, quick);
  }

  @Override
  public Integer call() {
    if (sentence != null) {
      predict(sentence);
      return ExitCodes.OK;
    }
    if (card != null || recording != null) {
      throw new CliException(
          ExitCodes.USAGE,
          (card != null ? "--card " + card : "--recording " + recording)
              + ": only with --sentence MODEL");
    }
    CycleOptions options =
        new CycleOptions(
            configurations,
            quick,
            out,
            BitstreamConfiguration.sourceTree().resolve("bitstreams"),
            System.getenv(),
            Version.text());
    CycleReport report;
    try (BenchProgress progress = BenchProgress.onStandardError()) {
      report = new CycleRun(options, progress).run();
    } finally {
      deleteOwnStatistics();
    }
    PrintWriter print = spec.commandLine().getOut();
    if (common.json()) {
      print.println(JsonReport.line(report));
    } else {
      print(report, print);
    }
    print.flush();
    return report.differentWords() == 0 ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
  }

  /** The launcher names a file for the simulation's statistics, unless the user did. */
  private static void deleteOwnStatistics() {
    Path file = Path.of(System.getenv().getOrDefault("CIPHERSTREAM_SIM_STATS", ""));
    if (file.endsWith("cycles-" + ProcessHandle.current().pid() + ".jsonl")) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        System.err.println("cipherstream: statistics left behind: " + file);
      }
    }
  }

  private void predict(String model) {
    SentenceCycles cycles =
        new SentenceCycles(
            model, card == null ? CARD_DEFAULT : card, Optional.ofNullable(recording));
    SentenceFigures figures;
    try (Progress progress = Progress.onStandardError()) {
      figures = cycles.run(progress);
    }
    PrintWriter print = spec.commandLine().getOut();
    if (common.json()) {
      print.println(JsonReport.line(figures));
    } else {
      SentenceCycles.print(figures, print);
    }
    print.flush();
  }

  private void print(CycleReport report, PrintWriter print) {
    Table table =
        new Table("program", "core", "cycles", "bound", "used", "predicted", "difference");
    for (CycleMeasurement m : report.measurements()) {
      boolean simulated = m.simulated() != null;
      table.row(
          m.what(),
          m.configuration(),
          simulated ? plain(m.cycles()) : "",
          plain(m.bound()),
          Figures.percent(m.utilisation(), 1),
          plain(m.predicted().cycles()),
          simulated ? Figures.signedPercent(m.error()) : "not simulated");
    }
    table.print(print);
    print.println();
    for (CycleGoal goal : CycleGoal.of(report)) {
      print.printf(
          "%s  %s on %s: %s, goal %s%n",
          goal.holds() ? "holds        " : "does not hold",
          goal.text(),
          goal.of().configuration(),
          goal.figure(),
          goal.limitText());
    }
    print.printf(
        "words: %d simulated programs compared with the interpreter, %d differ%n",
        report.simulated(), report.differentWords());
    print.println("written: " + out.resolve(CycleReport.FILE.name()));
    print.println("written: " + out.resolve(CyclePage.NAME));
  }

  private static String plain(double cycles) {
    return Long.toString(Math.round(cycles));
  }
}
