package io.cipherstream.cli.demo;

import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.base.Units;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.transformer.InferenceMode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What each run of the demo cost, and what each side learned, with one column per run. */
final class DemoSummary {

  private DemoSummary() {}

  static void print(PrintWriter out, List<DemoRun> runs) {
    Table table = new Table(row("side by side", runs, run -> run.mode().label()));
    add(table, "model", runs, DemoRun::model);
    add(
        table,
        "appliance, median",
        runs,
        run -> DemoRun.seconds(run.median(InferenceReport::serverSeconds)) + " s");
    add(
        table,
        "total, median",
        runs,
        run -> DemoRun.seconds(run.median(InferenceReport::totalSeconds)) + " s");
    add(table, "rounds", runs, run -> String.valueOf((int) run.median(InferenceReport::rounds)));
    add(table, "sent", runs, run -> Units.bytes(run.sum(InferenceReport::bytesUp)));
    add(table, "received", runs, run -> Units.bytes(run.sum(InferenceReport::bytesDown)));
    add(table, "keys, once", runs, run -> keys(run.sum(InferenceReport::keyBytes)));
    table.print(out);
    out.println();
    Table learned = new Table("mode", "the appliance learns", "the client learns");
    runs.forEach(
        run -> learned.row(run.mode().label(), applianceLearns(run), clientLearns(run.mode())));
    learned.print(out);
  }

  private static void add(
      Table table, String what, List<DemoRun> runs, Function<DemoRun, String> value) {
    table.row((Object[]) row(what, runs, value));
  }

  private static String[] row(String what, List<DemoRun> runs, Function<DemoRun, String> value) {
    List<String> row = new ArrayList<>(List.of(what));
    runs.forEach(run -> row.add(value.apply(run)));
    return row.toArray(String[]::new);
  }

  private static String keys(long bytes) {
    return bytes > 0 ? Units.bytes(bytes) : "kept from an earlier run";
  }

  /** Of all this, only the token classes depend on the texts. */
  private static String applianceLearns(DemoRun run) {
    String classes =
        run.results().stream()
            .map(result -> result.report().tokenClass())
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(" or "));
    return "which model, when, and that there are at most " + classes + " tokens";
  }

  private static String clientLearns(InferenceMode mode) {
    return mode == InferenceMode.SEALED
        ? "the answer"
        : "the answer, and values between the layers, from which weights can be recovered";
  }
}
