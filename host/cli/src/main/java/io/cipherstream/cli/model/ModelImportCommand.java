package io.cipherstream.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.ActivationNames;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.LabelList;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import io.cipherstream.network.NetworkImport;
import io.cipherstream.network.NetworkPackage;
import io.cipherstream.network.NumberRows;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code model import}: makes a model package from a file in a common format. */
@Command(
    name = "import",
    description =
        "Import a model: a safetensors file with Hugging Face BERT names and metadata, an ONNX"
            + " file, a Hugging Face folder, or a safetensors file with the weights of a"
            + " Kolmogorov-Arnold network of efficient-kan or pykan. An ONNX file that takes one"
            + " image or one row of numbers is imported as a network of polynomials.")
public final class ModelImportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(index = "0", paramLabel = "FILE", description = "Model file or folder.")
  private Path file = Path.of("");

  @Option(names = "--name", paramLabel = "M", required = true, description = "Name to give it.")
  private String name = "";

  @Option(names = "--tokenizer", paramLabel = "F", description = "A tokenizer.json.")
  private @Nullable Path tokenizer;

  @Option(names = "--vocab", paramLabel = "F", description = "A vocab.txt.")
  private @Nullable Path vocabulary;

  @Option(
      names = "--labels",
      paramLabel = "A,B",
      converter = LabelList.Reader.class,
      description =
          "Class names in the order of the logits, as a JSON array if a name has a comma:"
              + " '[\"a, b\",\"c\"]'.")
  private @Nullable LabelList labels;

  @Option(
      names = "--pooling",
      paramLabel = "P",
      description =
          "How an embedding's token rows are pooled: mean or cls; default: as the model or the"
              + " files beside it say. For a classifier, or a model with an unsupported head, this"
              + " option imports the encoder as an embedding, without the head.")
  private @Nullable String pooling;

  @Option(
      names = "--normalize",
      paramLabel = "BOOL",
      arity = "1",
      description =
          "Whether an embedding is scaled to length 1: true or false; default: as modules.json"
              + " says, or true if there is none.")
  private @Nullable Boolean normalize;

  @Option(
      names = "--input",
      paramLabel = "KIND",
      description =
          "What the model takes: text, pair (it is then calibrated on pairs) or words; default:"
              + " texts and, if the model has two segments, pairs.")
  private @Nullable String input;

  @Option(names = "--licence", paramLabel = "ID", description = "Licence of the weights.")
  private @Nullable String licence;

  @Option(names = "--source", paramLabel = "TEXT", description = "Where the model comes from.")
  private @Nullable String source;

  @Option(
      names = "--samples",
      paramLabel = "FILE",
      description =
          "For a network: rows of numbers as it will get them, from which the ranges of its"
              + " polynomials are taken; default: all that its inputs can reach.")
  private @Nullable Path samples;

  @Option(
      names = "--degree",
      paramLabel = "D",
      description =
          "For a network: degree of the polynomials; default: 15 in place of splines, 4 in place of"
              + " activations.")
  private @Nullable Integer degree;

  @Option(
      names = "--activation",
      paramLabel = "A,…",
      split = ",",
      description =
          "For a network: relu, softplus, silu, elu, sigmoid or tanh in place of its own"
              + " activations, one for all or one for each of them.")
  private @Nullable List<String> activations;

  @Override
  public Integer call() {
    boolean kan = NetworkImport.isKan(file);
    if (kan || NetworkImport.isLayers(file)) {
      return network(kan);
    }
    if (samples != null || degree != null || activations != null) {
      throw new CliException(
          ExitCodes.USAGE,
          "--samples, --degree and --activation are for networks, which " + file + " is not");
    }
    PrintWriter out = spec.commandLine().getOut();
    ModelPackage written;
    try (Progress progress = Progress.onStandardError()) {
      ImportOptions options =
          ImportOptions.named(name)
              .withTokenizer(tokenizer)
              .withVocabulary(vocabulary)
              .withLabels(labels == null ? null : labels.names())
              .withPooling(pooling())
              .withNormalize(normalize)
              .withLicence(licence)
              .withSource(source)
              .withTask(input == null ? null : ModelTask.of(name, ModelTask.Input.parse(input)))
              .withProgress((step, done, total) -> progress.progress(step, done, total));
      written = Models.repository().importModel(file, options);
      progress.progress("plan", 0, 0);
      PackagePlans.write(written);
    }
    ModelManifest manifest = written.manifest();
    if (common.json()) {
      ObjectNode json = ModelJson.summary(manifest);
      json.put("folder", written.folder().toString());
      Json.print(out, json);
    } else {
      out.println("imported " + manifest.name() + " into " + written.folder());
      out.println("modes: " + (manifest.modes().isEmpty() ? "none" : manifest.modes()));
      manifest.notes().forEach(out::println);
      out.println("next: cipherstream model inspect " + manifest.name());
    }
    return ExitCodes.OK;
  }

  private int network(boolean kan) {
    if (tokenizer != null
        || vocabulary != null
        || pooling != null
        || normalize != null
        || input != null) {
      throw new CliException(
          ExitCodes.USAGE,
          "--tokenizer, --vocab, --pooling, --normalize and --input are for models of texts; "
              + file
              + " takes numbers");
    }
    int standard = NetworkKinds.degree(kan, activations);
    NetworkImport what =
        new NetworkImport(
            name,
            labels == null ? List.of() : labels.names(),
            samples == null ? List.of() : NumberRows.read(samples),
            degree == null ? standard : degree,
            licence,
            source);
    Path folder = Models.folders().get(0);
    NetworkPackage written =
        kan
            ? what.kan(file, folder)
            : what.layers(file, ActivationNames.modules(activations), folder);
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      ObjectNode json = NetworkTexts.summary(written.description());
      json.put("folder", written.folder().toString());
      Json.print(out, json);
    } else {
      out.println("imported " + name + " into " + written.folder());
      NetworkTexts.describe(out, written.description());
      out.println("next: cipherstream predict --model " + name + " --data FILE.csv");
    }
    return ExitCodes.OK;
  }

  private @Nullable Pooling pooling() {
    if (pooling == null) {
      return null;
    }
    Pooling said = Pooling.parse(pooling);
    if (said == Pooling.NONE) {
      throw new CliException(ExitCodes.USAGE, "--pooling none: expected mean or cls");
    }
    return said;
  }
}
