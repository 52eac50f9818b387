package io.cipherstream.cli.bench;

import io.cipherstream.bench.report.BenchPage;
import io.cipherstream.bench.report.BenchReport;
import io.cipherstream.bench.report.BenchSettings;
import io.cipherstream.bench.run.BenchOptions;
import io.cipherstream.bench.run.BenchRun;
import io.cipherstream.bench.run.HexlLibrary;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Version;
import io.cipherstream.report.JsonReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench}: the speed of the engines, beside SEAL and SEAL with HEXL. */
@Command(
    name = "bench",
    description = {
      "Measure limb instructions, CKKS operations and whole sentences on every engine, beside SEAL"
          + " and SEAL with Intel HEXL, and check that all engines give the same words."
    },
    footer = {
      "%nExample:",
      "  cipherstream bench --quick --out before",
      "  cipherstream bench compare before/bench.json after/bench.json",
      "%nWrites bench.json and report.html. Takes about 3 minutes with --quick and 20 without."
          + " Exit code 5: an engine's words differ from SEAL's."
    },
    subcommands = {BenchCompareCommand.class, BenchCyclesCommand.class})
public final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--engine",
      paramLabel = "E",
      description =
          "Measure only this engine; may be repeated. Default: all that this machine has.")
  private List<String> engines = List.of();

  @Option(names = "--quick", description = "Measure fewer cases, for a shorter time.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the two files; default: ${DEFAULT-VALUE}.",
      defaultValue = "bench-report")
  private Path out = Path.of("bench-report");

  @Override
  public Integer call() {
    BenchOptions options =
        new BenchOptions(
            engines,
            quick ? BenchSettings.QUICK : BenchSettings.FULL,
            out,
            HexlLibrary.ofSystemProperties(),
            Version.text());
    PrintWriter print = spec.commandLine().getOut();
    BenchReport report;
    try (BenchProgress progress = BenchProgress.onStandardError()) {
      report = new BenchRun(options, progress, new SentenceTimes()).run();
    }
    if (common.json()) {
      print.println(JsonReport.line(report));
    } else {
      BenchTables.print(report, print);
      print.println();
      report.notes().forEach(note -> print.println("note: " + note));
      print.println("written: " + out.resolve(BenchReport.FILE.name()));
      print.println("written: " + out.resolve(BenchPage.NAME));
    }
    print.flush();
    return report.differentWords() == 0 ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
  }
}
