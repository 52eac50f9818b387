package io.cipherstream.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.ActivationNames;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import io.cipherstream.network.NetworkImport;
import io.cipherstream.network.NetworkTrials;
import io.cipherstream.network.NumberRows;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code model try}: how many answers of a network stay right, by activation and degree. */
@Command(
    name = "try",
    description =
        "Count the right answers of a network with polynomials of several degrees, and with several"
            + " activations, without encrypting or importing anything.",
    footer = {
      "%nExample:",
      "  cipherstream model try cnn.onnx --samples train.csv --data labelled.csv --degrees 2,4,6"
    })
final class ModelTryCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The network, as model import takes it.")
  private Path file = Path.of("");

  @Option(
      names = "--samples",
      paramLabel = "FILE",
      required = true,
      description = "Rows of numbers as the network will get them, as model import takes them.")
  private Path samples = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description =
          "Rows of numbers, each with the number of its right output, from 0, behind the others.")
  private Path data = Path.of("");

  @Option(
      names = "--degrees",
      paramLabel = "D,…",
      split = ",",
      description =
          "Degrees of the polynomials; default: 15 in place of splines, 4 of activations.")
  private @Nullable List<Integer> degrees;

  @Option(
      names = "--activation",
      paramLabel = "A,…",
      split = ",",
      description =
          "Activations, each in the place of all of the network's own: relu, softplus, silu, elu,"
              + " sigmoid or tanh; default: its own.")
  private @Nullable List<String> activations;

  @Override
  public Integer call() {
    boolean kan = NetworkImport.isKan(file);
    if (!kan && !NetworkImport.isLayers(file)) {
      throw new CliException(
          ExitCodes.BAD_INPUT,
          file + ": expected a Kolmogorov–Arnold network (safetensors) or layers (ONNX)");
    }
    int standard = NetworkKinds.degree(kan, activations);
    NetworkTrials trials = new NetworkTrials(NumberRows.read(samples), NumberRows.read(data));
    List<Integer> tried = degrees == null ? List.of(standard) : degrees;
    List<NetworkTrials.Trial> found =
        kan
            ? trials.kan(file, tried)
            : trials.layers(file, ActivationNames.modules(activations), tried);
    print(spec.commandLine().getOut(), trials.questions(), found);
    return ExitCodes.OK;
  }

  private void print(PrintWriter out, int questions, List<NetworkTrials.Trial> trials) {
    if (common.json()) {
      ObjectNode json = Json.object();
      json.put("questions", questions);
      json.set("trials", Json.MAPPER.valueToTree(trials));
      Json.print(out, json);
      return;
    }
    Table table = new Table("functions", "degree", "levels", "right of " + questions, "error");
    for (NetworkTrials.Trial trial : trials) {
      boolean itself = trial.degree() == 0;
      table.row(
          trial.module(),
          itself ? "as they are" : trial.degree(),
          itself ? "" : trial.levels(),
          trial.right(),
          itself ? "" : String.format(Locale.ROOT, "%.2g", trial.largestError()));
    }
    table.print(out);
    out.flush();
  }
}
