package io.cipherstream.cli.ask;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.appliance.ApplianceOptions;
import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.NetworkClient;
import io.cipherstream.client.RequestReport;
import io.cipherstream.model.Truncation;
import io.cipherstream.network.NetworkDescription;
import io.cipherstream.network.NetworkPackage;
import io.cipherstream.network.QuestionRows;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Asks a network of polynomials and prints its answers. */
record NetworkAnswers(
    CommandSpec spec,
    CommonOptions common,
    String model,
    EngineOptions engine,
    ApplianceOptions connection) {

  /**
   * @param questions of a network that is known only now
   * @return the exit code
   */
  int ask(Function<NetworkDescription, List<double[]>> questions) {
    if (connection.startsOne() && !NetworkPackage.names(Models.folders()).contains(model)) {
      throw CliException.badInput(
          "no network '" + model + "': there are " + NetworkPackage.names(Models.folders()));
    }
    NetworkClient.Predictions predictions;
    List<String> labels;
    try (Progress progress = Progress.onStandardError();
        ChosenAppliance appliance =
            connection.openServing(model, engine.spec(), Truncation.REFUSE, progress);
        CipherstreamClient client = appliance.connect()) {
      NetworkClient network = client.network(model);
      labels = network.description().labels();
      predictions = network.predict(questions.apply(network.description()));
    }
    PrintWriter out = spec.commandLine().getOut();
    predictions.warnings().forEach(spec.commandLine().getErr()::println);
    if (common.json()) {
      Json.print(out, json(predictions, labels));
    } else {
      predictions.answers().forEach(answer -> out.println(text(answer, labels)));
      out.flush();
    }
    return predictions.answers().stream().allMatch(QuestionRows.Values::inRange)
        ? ExitCodes.OK
        : ExitCodes.BAD_INPUT;
  }

  private static String text(QuestionRows.Values answer, List<String> labels) {
    if (!answer.inRange()) {
      return "out-of-range";
    }
    return labels.isEmpty()
        ? Arrays.stream(answer.values()).mapToObj(String::valueOf).collect(Collectors.joining(","))
        : labels.get(answer.largest());
  }

  private ObjectNode json(NetworkClient.Predictions predictions, List<String> labels) {
    ObjectNode json = Json.object();
    json.put("model", model);
    ArrayNode answers = json.putArray("answers");
    for (QuestionRows.Values answer : predictions.answers()) {
      ObjectNode each = answers.addObject();
      each.put("inRange", answer.inRange());
      if (answer.inRange()) {
        if (!labels.isEmpty()) {
          each.put("label", labels.get(answer.largest()));
        }
        each.set("outputs", Json.numbers(Arrays.stream(answer.values()).boxed().toList()));
      }
    }
    ArrayNode requests = json.putArray("requests");
    for (RequestReport report : predictions.reports()) {
      ObjectNode each = requests.addObject();
      each.put("rows", report.size());
      Json.addReport(each, report);
    }
    return json;
  }
}
