package io.cipherstream.cli.demo;

import io.cipherstream.cli.ask.AnswerOutput;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.base.Units;
import io.cipherstream.cli.evaluate.EvaluationSummary;
import io.cipherstream.cli.evaluate.PlainPass;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.Classification;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.transformer.InferenceMode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The demo's sentences in one model and mode.
 *
 * @param results one per sentence
 */
record DemoRun(ModelPackage pack, InferenceMode mode, List<Classification> results) {

  /** Asks all sentences; with {@code json} each answer is printed at once. */
  static DemoRun of(
      String model,
      Optional<String> mode,
      CipherstreamClient client,
      Progress progress,
      PrintWriter out,
      boolean json) {
    ModelPackage pack = Models.find(model);
    InferenceMode chosen = InferenceMode.parse(Models.checkMode(pack.manifest(), mode));
    ClientModel open = client.model(model, Optional.of(chosen.label()));
    List<Classification> results =
        IntStream.range(0, DemoCommand.SENTENCES.size())
            .mapToObj(
                i -> {
                  progress.progress("classifying", i, DemoCommand.SENTENCES.size());
                  Classification result = open.classify(DemoCommand.SENTENCES.get(i));
                  if (json) {
                    Json.print(out, AnswerOutput.json(model, DemoCommand.SENTENCES.get(i), result));
                  }
                  return result;
                })
            .toList();
    return new DemoRun(pack, chosen, results);
  }

  String model() {
    return pack.manifest().name();
  }

  /** Prints one line per sentence. */
  void print(PrintWriter out) {
    Table table =
        new Table(
            "label", "logits", "error", "server s", "total s", "rounds", "up", "down", "sentence");
    PlainPass reference = PlainPass.of(pack, mode);
    for (int i = 0; i < results.size(); i++) {
      Classification result = results.get(i);
      InferenceReport report = result.report();
      String sentence = DemoCommand.SENTENCES.get(i);
      double[] logits = result.logits().stream().mapToDouble(Double::doubleValue).toArray();
      double[] plain = reference.run(pack.client().tokenizer().encode(sentence));
      table.row(
          result.label(),
          result.logits().stream()
              .map(v -> String.format(Locale.ROOT, "%.3f", v))
              .collect(Collectors.joining(" ")),
          String.format(Locale.ROOT, "%.1e", EvaluationSummary.largestDifference(plain, logits)),
          seconds(report.serverSeconds()),
          seconds(report.totalSeconds()),
          report.rounds(),
          Units.bytes(report.bytesUp()),
          Units.bytes(report.bytesDown()),
          sentence);
    }
    table.print(out);
  }

  /** Median over the sentences. */
  double median(ToDoubleFunction<InferenceReport> of) {
    return EvaluationSummary.median(
        results.stream().map(Classification::report).mapToDouble(of).toArray());
  }

  long sum(ToDoubleFunction<InferenceReport> of) {
    return (long) results.stream().map(Classification::report).mapToDouble(of).sum();
  }

  static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.2f", seconds);
  }
}
