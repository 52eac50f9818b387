package io.cipherstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.Classification;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.InferenceReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code classify}: labels for texts that the appliance never sees. */
@Command(
    name = "classify",
    description = "Classify texts under encryption.",
    footer = {
      "%nExample:",
      "  cipherstream classify --text \"a charming journey\"",
      "%nWith --json, one object a line: text label logits model mode engine rounds bytesUp"
          + " bytesDown keyBytes serverSeconds computeSeconds clientSeconds totalSeconds tokens"
          + " tokenClass warnings. serverSeconds is what the client waited for the server, transfer"
          + " included; computeSeconds the part of it that are steps on ciphertexts."
    })
final class ClassifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private EngineOptions engine;
  @Mixin private TextOptions texts;
  @Mixin private ConnectionOptions connection;

  @Override
  public Integer call() {
    List<TextOptions.Origin> inputs = texts.read();
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.onStandardError();
        Appliance appliance =
            connection.open(model.model(), model.mode(), inputs, engine.spec(), progress);
        CipherstreamClient client = appliance.connect()) {
      ClientModel open = client.model(model.model(), model.mode());
      TokenCheck.all(open, inputs);
      for (int i = 0; i < inputs.size(); i++) {
        progress.progress("classifying", i, inputs.size());
        String text = inputs.get(i).text();
        Classification result = open.classify(text);
        if (common.json()) {
          Json.print(out, json(model.model(), text, result));
        } else {
          out.println(line(text, result));
        }
      }
    }
    return ExitCodes.OK;
  }

  static ObjectNode json(String model, String text, Classification result) {
    ObjectNode json = Json.object();
    json.put("text", text);
    json.put("label", result.label());
    json.set("logits", Json.numbers(result.logits()));
    json.put("model", model);
    Json.addReport(json, result.report());
    return json;
  }

  private static String line(String text, Classification result) {
    InferenceReport report = result.report();
    StringBuilder logits = new StringBuilder();
    for (double logit : result.logits()) {
      logits.append(String.format(Locale.ROOT, " %.4f", logit));
    }
    return String.format(
        Locale.ROOT,
        "%-10s [%s ]  %.2f s, %d rounds, %s up, %s down  \"%s\"",
        result.label(),
        logits,
        report.totalSeconds(),
        report.rounds(),
        Units.bytes(report.bytesUp()),
        Units.bytes(report.bytesDown()),
        text);
  }
}
