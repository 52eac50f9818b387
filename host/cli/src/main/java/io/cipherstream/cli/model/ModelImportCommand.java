package io.cipherstream.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.io.PrintWriter;
import java.nio.file.Path;
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
            + " file, or a Hugging Face folder.")
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
          "How an embedding's token rows are pooled: mean or cls; default: as the model or the files"
              + " beside it say. For a classifier, or a model with an unsupported head, this option"
              + " imports the encoder as an embedding, without the head.")
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

  @Override
  public Integer call() {
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
