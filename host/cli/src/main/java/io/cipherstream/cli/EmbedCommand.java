package io.cipherstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.Embedding;
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
      "%nWith --json, one object a line: text embedding and the members that classify has."
    })
final class EmbedCommand implements Callable<Integer> {

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
  @Mixin private ConnectionOptions connection;

  @Override
  public Integer call() {
    List<TextOptions.Origin> inputs = texts.read();
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.onStandardError();
        Appliance appliance =
            connection.open(model, Optional.ofNullable(mode), inputs, engine.spec(), progress);
        CipherstreamClient client = appliance.connect()) {
      ClientModel open = client.model(model, Optional.ofNullable(mode));
      TokenCheck.all(open, inputs);
      for (int i = 0; i < inputs.size(); i++) {
        progress.progress("embedding", i, inputs.size());
        String text = inputs.get(i).text();
        Embedding result = open.embed(text);
        if (common.json()) {
          ObjectNode json = Json.object();
          json.put("text", text);
          json.set("embedding", Json.numbers(result.vector()));
          json.put("model", model);
          Json.addReport(json, result.report());
          Json.print(out, json);
        } else {
          out.println(
              result.vector().stream()
                  .map(value -> String.format(Locale.ROOT, "%.6f", value))
                  .collect(Collectors.joining(" ")));
        }
      }
    }
    return ExitCodes.OK;
  }
}
