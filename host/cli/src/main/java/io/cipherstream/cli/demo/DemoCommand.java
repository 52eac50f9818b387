package io.cipherstream.cli.demo;

import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.appliance.ConnectionOptions;
import io.cipherstream.cli.ask.AnswerOutput;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.ModelOptions;
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
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.Truncation;
import io.cipherstream.transformer.InferenceMode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code demo}: the whole way once, on sentences of our own. */
@Command(
    name = "demo",
    description = {
      "Start an appliance on this machine, classify a few sentences under encryption, and show what"
          + " it took and what left the client."
    })
public final class DemoCommand implements Callable<Integer> {

  static final List<String> SENTENCES =
      List.of(
          "A warm, funny film that I would gladly watch again.",
          "The plot makes no sense and the jokes fall flat.",
          "Beautiful pictures, and a story that stays with you.",
          "Two long hours of nothing.",
          "The actors do their best with a script that gives them very little to work with.",
          "What a delightful surprise!");

  /** The one that a simulated card classifies: few tokens, as every one costs time. */
  private static final String SIMULATED_SENTENCE = SENTENCES.get(5);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private EngineOptions engine;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ModelPackage pack = Models.find(model.model());
    InferenceMode mode = InferenceMode.parse(Models.checkMode(pack.manifest(), model.mode()));
    Optional<EngineSpec> chosen = engine.spec();
    if (chosen.isPresent() && chosen.get().kind() == EngineSpec.Kind.SIM) {
      try (Progress progress = Progress.onStandardError()) {
        new SimulatedDemo(pack, mode, chosen.get())
            .run(SIMULATED_SENTENCE, progress, out, common.json());
      }
      return ExitCodes.OK;
    }
    PlainPass reference = PlainPass.of(pack, mode);
    List<Classification> results = new ArrayList<>();
    try (Progress progress = Progress.onStandardError();
        ChosenAppliance appliance =
            new ConnectionOptions()
                .open(model.model(), model.mode(), chosen, Truncation.REFUSE, progress);
        CipherstreamClient client = appliance.connect()) {
      ClientModel open = client.model(model.model(), Optional.of(mode.label()));
      if (!common.json()) {
        out.printf(
            "appliance at %s, model %s, mode %s%n%n",
            appliance.options().server(), model.model(), mode.label());
      }
      for (String sentence : SENTENCES) {
        progress.progress("classifying", results.size(), SENTENCES.size());
        Classification result = open.classify(sentence);
        results.add(result);
        if (common.json()) {
          Json.print(out, AnswerOutput.json(model.model(), sentence, result));
        }
      }
    }
    if (!common.json()) {
      print(out, pack, reference, results);
    }
    return ExitCodes.OK;
  }

  private static void print(
      PrintWriter out, ModelPackage pack, PlainPass reference, List<Classification> results) {
    Table table =
        new Table(
            "label", "logits", "error", "server s", "total s", "rounds", "up", "down", "sentence");
    long up = 0;
    long down = 0;
    for (int i = 0; i < results.size(); i++) {
      Classification result = results.get(i);
      InferenceReport report = result.report();
      double[] logits = result.logits().stream().mapToDouble(Double::doubleValue).toArray();
      double[] plain = reference.run(pack.client().tokenizer().encode(SENTENCES.get(i)));
      table.row(
          result.label(),
          String.join(
              " ",
              result.logits().stream().map(v -> String.format(Locale.ROOT, "%.3f", v)).toList()),
          String.format(Locale.ROOT, "%.1e", EvaluationSummary.largestDifference(plain, logits)),
          String.format(Locale.ROOT, "%.2f", report.serverSeconds()),
          String.format(Locale.ROOT, "%.2f", report.totalSeconds()),
          report.rounds(),
          Units.bytes(report.bytesUp()),
          Units.bytes(report.bytesDown()),
          SENTENCES.get(i));
      up += report.bytesUp();
      down += report.bytesDown();
    }
    table.print(out);
    InferenceReport first = results.get(0).report();
    out.println();
    out.println("error: largest difference of a logit from the same model in plaintext");
    out.println();
    out.println("what left this client:");
    out.printf(
        "  public and evaluation keys  %s%n",
        first.keyBytes() > 0
            ? Units.bytes(first.keyBytes()) + ", once"
            : "none this time; the appliance still has them from an earlier run");
    out.printf(
        "  ciphertexts                 %s up, %s down in %d sentences%n",
        Units.bytes(up), Units.bytes(down), results.size());
    out.printf(
        "  in the clear                model name, mode, and the size class of each sentence (%d"
            + " tokens for the first)%n",
        first.tokenClass());
    out.println("what did not leave it: sentences, tokens, labels, logits, the secret key");
    out.println();
    out.println("next: ./cipherstream classify --text \"your own sentence\"");
    out.flush();
  }
}
