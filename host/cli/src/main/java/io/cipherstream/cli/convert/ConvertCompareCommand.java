package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.report.JsonReport;
import io.cipherstream.workflow.report.ConversionComparison;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.page.ReportFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert compare}: conversions on one task, side by side. */
@Command(
    name = "compare",
    description = {
      "Compare conversions on the same task and development file: scores with paired differences"
          + " from the first, times, and differences in settings. * marks differences beyond two"
          + " standard errors."
    },
    footer = {
      "%nExample:",
      "  cipherstream convert compare a.work/report.json b.work/report.json --out comparison",
      "%nExit code 3: a file is not a report, or the reports are of different tasks or data."
    })
final class ConvertCompareCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      arity = "2..*",
      paramLabel = "REPORT.json",
      description = "report.json of each conversion, or its folder; the baseline first.")
  private List<Path> files = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for comparison.json and comparison.html.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    List<ConversionReport> reports = new ArrayList<>();
    for (Path file : files) {
      reports.add(read(file));
    }
    ConversionComparison comparison = ConversionComparison.of(reports);
    PrintWriter print = spec.commandLine().getOut();
    if (common.json()) {
      String tree = new String(JsonReport.bytes(comparison), StandardCharsets.UTF_8);
      print.println(tree.lines().map(String::strip).reduce("", String::concat));
    } else {
      print.println(comparison.text());
    }
    Path folder = out;
    if (folder != null) {
      write(comparison, folder);
      if (!common.json()) {
        print.println("written: " + folder.resolve(ReportFiles.COMPARISON_JSON));
        print.println("written: " + folder.resolve(ReportFiles.COMPARISON_HTML));
      }
    }
    print.flush();
    return ExitCodes.OK;
  }

  private static void write(ConversionComparison comparison, Path folder) {
    try {
      Files.createDirectories(folder);
      ReportFiles.write(comparison, folder);
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.FAILURE, "cannot write the comparison to " + folder + ": " + e, e);
    }
  }

  private static ConversionReport read(Path file) {
    Path json = Files.isDirectory(file) ? file.resolve(ReportFiles.JSON) : file;
    try {
      return ConversionReport.read(json);
    } catch (NoSuchFileException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT, "no report " + json + ": a conversion writes it to its --work", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new CliException(ExitCodes.BAD_INPUT, String.valueOf(e.getMessage()), e);
    }
  }
}
