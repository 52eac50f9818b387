package io.cipherstream.cli.ask;

import io.cipherstream.cli.appliance.ApplianceOptions;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.network.NumberRows;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code predict}: rows of numbers to a network of polynomials. */
@Command(
    name = "predict",
    description = "Ask a network about rows of numbers, which the appliance sees encrypted only.",
    footer = {
      "%nExamples:",
      "  cipherstream model import kan.safetensors --name digits --samples train.csv",
      "  cipherstream predict --model digits --data questions.csv",
      "  cipherstream predict --model iris --row 0.1,-0.4,0.7,0.2 --json",
      "%nPrints a line for each row: its label, or all outputs. A row that is beyond the range of"
          + " the",
      "model's polynomials has no answer; the exit code is then 3."
    })
public final class PredictCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(names = "--model", paramLabel = "M", required = true, description = "A network.")
  private String model = "";

  @ArgGroup(multiplicity = "1")
  private Rows rows = new Rows();

  /** Where the rows come from. */
  static final class Rows {
    @Option(
        names = "--data",
        paramLabel = "FILE",
        description = "Comma-separated numbers, a row a question; a first row of names is skipped.")
    private @Nullable Path data;

    @Option(names = "--row", paramLabel = "X,…", split = ",", description = "One question.")
    private double @Nullable [] row;

    List<double[]> read() {
      if (data != null) {
        return NumberRows.read(data);
      }
      return row == null ? List.of() : List.of(row);
    }
  }

  @Mixin private EngineOptions engine;
  @Mixin private ApplianceOptions connection;

  @Override
  public Integer call() {
    List<double[]> questions = rows.read();
    return new NetworkAnswers(spec, common, model, engine, connection)
        .ask(description -> questions);
  }
}
