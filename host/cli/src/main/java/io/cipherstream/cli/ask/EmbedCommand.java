package io.cipherstream.cli.ask;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.appliance.ApplianceOptions;
import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.cli.base.RowOptions;
import io.cipherstream.cli.base.TruncateOption;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.Embedding;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.workflow.data.BadRows;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code embed}: vectors for texts that the appliance never sees. */
@Command(
    name = "embed",
    description = "Compute sentence embeddings under encryption.",
    footer = {
      "%nExample:",
      "  cipherstream embed --text \"a charming journey\" --json",
      "%nWith --json, one object per line: text, embedding, and the members that classify has."
    })
public final class EmbedCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "Embedding model; default: ${DEFAULT-VALUE}.",
      defaultValue = "minilm")
  private String model = "minilm";

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "Inference mode; default: the model's first.")
  private @Nullable String mode;

  @Mixin private EngineOptions engine;
  @Mixin private TextOptions texts;
  @Mixin private TruncateOption truncate;
  @Mixin private RowOptions rows;
  @Mixin private ApplianceOptions connection;

  @Override
  public Integer call() {
    BadRows bad = rows.badRows();
    TokenCheck check = new TokenCheck(truncate, bad);
    List<TextOptions.Origin> inputs = texts.read(List.of(), false, bad);
    if (connection.startsOne()) {
      ModelPackage pack = Models.find(model);
      Models.checkAnswers(pack.manifest(), true);
      inputs = check.usable(pack.questions(), inputs);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.onStandardError();
        ChosenAppliance appliance =
            connection.open(
                model, Optional.ofNullable(mode), engine.spec(), truncate.truncation(), progress);
        CipherstreamClient client = appliance.connect()) {
      ClientModel open = client.model(model, Optional.ofNullable(mode));
      inputs = check.usable(open, inputs);
      RowOptions.say(bad);
      ManyTexts.ask(
          open, inputs, "embedding", progress, (text, a) -> print(out, text, open.embedding(a)));
    }
    return ExitCodes.OK;
  }

  private void print(PrintWriter out, TextOptions.Origin asked, Embedding result) {
    String text = asked.text();
    if (common.json()) {
      ObjectNode json = Json.object();
      json.put("text", text);
      asked.addLineTo(json);
      json.set("embedding", Json.numbers(result.vector()));
      json.put("model", model);
      Json.addReport(json, result.report());
      Json.print(out, json);
      return;
    }
    out.println(
        result.vector().stream()
            .map(value -> String.format(Locale.ROOT, "%.6f", value))
            .collect(Collectors.joining(" ")));
    AnswerOutput.leftOut(result.report())
        .ifPresent(note -> System.err.println("cipherstream: " + note + ": \"" + text + "\""));
  }
}
