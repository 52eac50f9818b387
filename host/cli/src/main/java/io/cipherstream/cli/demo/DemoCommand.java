package io.cipherstream.cli.demo;

import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.appliance.ClientSetup;
import io.cipherstream.cli.appliance.ConnectionOptions;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.ModelOptions;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.Truncation;
import io.cipherstream.transformer.InferenceMode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code demo}: one whole run, from text to label, on built-in sentences. */
@Command(
    name = "demo",
    description = {
      "Start an appliance on this machine, classify a few sentences under encryption, and show"
          + " times, bytes and what left the client."
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

  /** The sentence that a simulated card classifies. It is short, since every token costs time. */
  private static final String SIMULATED_SENTENCE = SENTENCES.get(5);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private EngineOptions engine;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Optional<EngineSpec> chosen = engine.spec();
    if (chosen.isPresent() && chosen.get().kind() == EngineSpec.Kind.SIM) {
      return simulated(chosen.get(), out);
    }
    List<Asked> asked =
        model.unspecified()
            ? List.of(
                new Asked(ModelOptions.SEALED_MODEL, Optional.of(InferenceMode.SEALED.label())),
                new Asked(ModelOptions.INTERACTIVE_MODEL, Optional.of(InferenceMode.PAPER.label())))
            : List.of(new Asked(model.model(), model.mode()));
    asked.forEach(one -> Models.check(one.model(), one.mode()));
    List<String> models = asked.stream().map(Asked::model).distinct().toList();
    try (Progress progress = Progress.onStandardError();
        ChosenAppliance appliance =
            ConnectionOptions.own(
                models, chosen, Truncation.REFUSE, progress, new ClientSetup()::apply);
        CipherstreamClient client = appliance.connect()) {
      if (!common.json()) {
        out.printf("appliance at %s%n%n", appliance.options().server());
      }
      List<DemoRun> runs = new ArrayList<>();
      for (Asked one : asked) {
        DemoRun run = DemoRun.of(one.model(), one.mode(), client, progress, out, common.json());
        runs.add(run);
        if (!common.json()) {
          out.printf("%s, mode %s: %s%n%n", run.model(), run.mode().label(), story(run.mode()));
          run.print(out);
          out.println();
        }
      }
      if (!common.json()) {
        finish(out, runs);
      }
    }
    return ExitCodes.OK;
  }

  /** A model and its mode; an empty mode is the first that the model supports. */
  private record Asked(String model, Optional<String> mode) {}

  /** The default model here is the one whose sentence a simulated card computes in minutes. */
  private int simulated(EngineSpec card, PrintWriter out) {
    ModelPackage pack =
        Models.find(model.unspecified() ? ModelOptions.INTERACTIVE_MODEL : model.model());
    InferenceMode mode = InferenceMode.parse(Models.checkMode(pack.manifest(), model.mode()));
    try (Progress progress = Progress.onStandardError()) {
      new SimulatedDemo(pack, mode, card).run(SIMULATED_SENTENCE, progress, out, common.json());
    }
    return ExitCodes.OK;
  }

  private static String story(InferenceMode mode) {
    return switch (mode) {
      case SEALED -> "one request, one answer; nothing is decrypted in between";
      case PAPER -> "THE-X as published; the client decrypts between the steps";
      case COMPACT -> "THE-X with an exact reciprocal; the client decrypts between the steps";
      case HYBRID ->
          "the appliance computes products with weights, and the client all else, exactly";
    };
  }

  private static void finish(PrintWriter out, List<DemoRun> runs) {
    out.println(
        "error: largest difference of a logit from the same model in plaintext; sealed"
            + " answers carry noise, so that they reveal less of the model");
    out.println();
    DemoSummary.print(out, runs);
    out.println();
    out.println(
        "what did not leave this client: sentences, tokens, labels, logits, the secret key");
    out.println();
    out.println("next: ./cipherstream classify --text \"your own sentence\"");
    out.flush();
  }
}
