package io.cipherstream.cli.convert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Table;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelTask;
import io.cipherstream.report.Figures;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.Difference;
import io.cipherstream.workflow.report.Variant;
import io.cipherstream.workflow.report.VariantGroup;
import io.cipherstream.workflow.report.page.ReportFiles;
import io.cipherstream.workflow.run.ConversionRun;
import io.cipherstream.workflow.run.Refusal;
import io.cipherstream.workflow.run.WorkFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Output at the end of a conversion, for people and for programs. */
final class ConvertOutput {

  private ConvertOutput() {}

  /** Prints the result; returns the exit code. */
  static int print(
      PrintWriter out, ConversionRun run, ConvertOptions options, WorkFolder work, boolean json) {
    ConversionReport report = run.report();
    Refusal refusal = run.refused();
    int code =
        refusal != null
            ? code(refusal.reason())
            : run.checksPassed() ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
    if (json) {
      Json.print(out, json(run, report, work));
      return code;
    }
    out.println();
    scores(out, report);
    if (refusal != null) {
      out.println("NOT EXPORTED: " + refusal.message());
    }
    page(out, work);
    next(out, run, options);
    out.flush();
    return code;
  }

  /** Every model's score, the checks and the notes of a report. */
  static void scores(PrintWriter out, ConversionReport report) {
    AccuracyTable accuracy = accuracy(report);
    out.printf(
        "%s: %s on %s development examples, trained on %s%n%n",
        report.header().task(),
        accuracy.metrics().get(0),
        Figures.count(accuracy.data().dev()),
        Figures.count(accuracy.data().training()));
    table(out, accuracy);
    out.println();
    checks(out, report);
    report.notes().forEach(out::println);
  }

  private static AccuracyTable accuracy(ConversionReport report) {
    return Objects.requireNonNull(report.accuracy(), "accuracy of a finished run");
  }

  /** Where the report is. */
  static void page(PrintWriter out, WorkFolder work) {
    out.println("report:  " + work.folder().toAbsolutePath().resolve(ReportFiles.HTML));
  }

  private static int code(Refusal.Reason reason) {
    return switch (reason) {
      case LOST_TOO_MUCH -> ExitCodes.LOST_TOO_MUCH;
      case NO_PARAMETER_SET -> ExitCodes.CHECK_FAILED;
    };
  }

  private static void table(PrintWriter out, AccuracyTable accuracy) {
    Table table = new Table("model", "score", "against exact", "training");
    for (VariantGroup group : accuracy.groups()) {
      Optional<Difference> difference =
          group.role() == Variant.Role.CONVERTED
              ? accuracy.difference(group, Variant.Role.EXACT)
              : Optional.empty();
      table.row(
          group.name(),
          group.variants().size() > 1
              ? Figures.mean(group.mean(0), group.deviation(0))
              : Figures.score(group.mean(0), group.standardError(0)),
          difference.map(Difference::text).orElse(""),
          group.seconds() > 0 ? Figures.time(group.seconds()) : "");
    }
    table.print(out);
  }

  private static void checks(PrintWriter out, ConversionReport report) {
    Table table =
        new Table("check", "of", "sentences", "largest difference", "limit", "s each", "");
    for (AgreementCheck check : report.checks()) {
      table.row(
          check.model(),
          check.what(),
          check.sentences(),
          Figures.number(check.maxAbsDifference()),
          Figures.number(check.limit()),
          Double.isNaN(check.secondsPerSentence())
              ? ""
              : Figures.number(check.secondsPerSentence()),
          check.passed() ? "ok" : "FAILED");
    }
    table.print(out);
    out.println();
  }

  private static void next(PrintWriter out, ConversionRun run, ConvertOptions options) {
    for (Map.Entry<StageName, ModelPackage> entry : run.packages().entrySet()) {
      out.println("package: " + entry.getValue().folder());
    }
    ModelPackage thex = run.packages().get(StageName.THEX);
    if (thex == null) {
      return;
    }
    String model = String.valueOf(thex.folder().getFileName());
    if (!Models.folders().contains(thex.folder().getParent())) {
      Path there = Home.models().resolve(options.name());
      model = options.name();
      out.println(
          "next:    mkdir -p " + Home.models() + " && cp -r " + thex.folder() + " " + there);
    }
    ModelTask task = thex.manifest().task();
    String question =
        task != null && task.input() == ModelTask.Input.PAIR
            ? "--text \"one text\" --pair \"another\""
            : "--text \"your own sentence\"";
    out.println("next:    ./cipherstream classify --model " + model + " " + question);
    out.println(
        "         ./cipherstream evaluate --model "
            + model
            + " --data DEV-FILE --limit 64 --seed 1");
  }

  private static ObjectNode json(ConversionRun run, ConversionReport report, WorkFolder work) {
    ObjectNode json = json(report, work);
    ObjectNode packages = json.putObject("packages");
    run.packages().forEach((stage, p) -> packages.put(stage.text(), p.folder().toString()));
    Refusal refusal = run.refused();
    json.put("refused", refusal == null ? null : refusal.message());
    return json;
  }

  /** A report's models and checks, and where it is. */
  static ObjectNode json(ConversionReport report, WorkFolder work) {
    ObjectNode json = Json.object();
    json.put("name", report.header().name());
    json.put("task", report.header().task());
    json.put("report", work.folder().toAbsolutePath().resolve(ReportFiles.JSON).toString());
    json.set("seeds", Json.MAPPER.valueToTree(report.header().seeds()));
    ArrayNode variants = json.putArray("variants");
    for (Variant variant : accuracy(report).variants()) {
      ObjectNode one = variants.addObject();
      one.put("role", variant.role().name().toLowerCase(java.util.Locale.ROOT));
      one.put("name", variant.name());
      one.put("seed", variant.seed());
      one.put("seconds", variant.seconds());
      variant.scores().forEach(s -> one.put(s.name(), s.value()));
      one.put("standardError", variant.scores().get(0).standardError());
    }
    ArrayNode checks = json.putArray("checks");
    for (AgreementCheck check : report.checks()) {
      ObjectNode one = checks.addObject();
      one.put("model", check.model());
      one.put("what", check.what());
      one.put("sentences", check.sentences());
      one.put("maxAbsDifference", check.maxAbsDifference());
      one.put("limit", check.limit());
      one.put("secondsPerSentence", check.secondsPerSentence());
      one.put("passed", check.passed());
    }
    json.put("seconds", report.header().seconds());
    return json;
  }
}
