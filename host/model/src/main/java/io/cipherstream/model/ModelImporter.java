package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads models from the formats people have: a safetensors file with Hugging Face BERT names and
 * metadata, a Hugging Face folder, an ONNX file, or a jar with an ONNX file inside. The format is
 * told from the content, not from the name.
 */
public final class ModelImporter {

  /** Where a folder has its ONNX file: optimum puts it on top, Hugging Face's hub in a folder. */
  private static final List<String> ONNX_FILES = List.of("model.onnx", "onnx/model.onnx");

  private ModelImporter() {}

  /**
   * Reads a model; the tokenizer comes from the options, or from {@code vocab.txt} or {@code
   * tokenizer.json} beside the model.
   *
   * @throws ModelException if a file cannot be read, or is not a model this program computes; the
   *     kind and the message say which
   */
  public static ImportedModel importFrom(Path file, ImportOptions options) {
    options.progress().report("read", 0, 1);
    ImportedModel model = read(file, options);
    options.progress().report("read", 1, 1);
    return model;
  }

  private static ImportedModel read(Path file, ImportOptions options) {
    if (Files.isDirectory(file)) {
      return folder(file, options);
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          ModelException.Kind.NOT_FOUND, "no model file or folder " + file + ": check the path");
    }
    byte[] head = head(file);
    if (head.length >= 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4) {
      return OnnxArchive.read(file, options);
    }
    if (head.length >= 9 && head[8] == '{') {
      return safetensors(file, options);
    }
    if (head.length >= 2 && head[0] == 0x08) {
      return onnx(file, options);
    }
    throw new ModelException(
        ModelException.Kind.MALFORMED,
        file.getFileName()
            + " is neither safetensors nor ONNX: expected one of them, or a Hugging Face folder");
  }

  private static ImportedModel safetensors(Path file, ImportOptions options) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      Map<String, String> metadata = tensors.metadata();
      BertConfiguration configuration =
          BertConfiguration.fromMetadata(metadata).withLabels(options.labels());
      return assemble("safetensors", file, tensors, configuration, options);
    }
  }

  private static ImportedModel folder(Path folder, ImportOptions options) {
    Path file = folder.resolve("model.safetensors");
    if (!Files.exists(file)) {
      for (String name : ONNX_FILES) {
        if (Files.exists(folder.resolve(name))) {
          return onnx(folder.resolve(name), folder.resolve("model.onnx"), options);
        }
      }
      checkOtherWeights(folder);
    }
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      BertConfiguration configuration =
          HuggingFaceConfig.read(folder, tensors.has("classifier.weight"), options);
      return assemble("huggingface", file, tensors, configuration, options);
    }
  }

  /** Weights in another form than one safetensors file get an error that says what to do. */
  private static void checkOtherWeights(Path folder) {
    boolean sharded = Files.exists(folder.resolve("model.safetensors.index.json"));
    if (sharded || Files.exists(folder.resolve("pytorch_model.bin"))) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          folder.getFileName()
              + " holds its weights "
              + (sharded ? "in several shards" : "as pytorch_model.bin")
              + ": expected one model.safetensors; save it again with save_pretrained(…,"
              + " safe_serialization=True, max_shard_size=\"10GB\")");
    }
  }

  static ImportedModel onnx(Path file, ImportOptions options) {
    return onnx(file, file, options);
  }

  /**
   * @param place where configuration and tokenizer are looked for: beside it
   */
  private static ImportedModel onnx(Path file, Path place, ImportOptions options) {
    OnnxModel model = new OnnxModel(OnnxReader.read(file));
    EncoderWeights encoder = OnnxHeads.weights(model, place, options);
    return imported("onnx", file, place, encoder, model.embeddings(), options);
  }

  private static ImportedModel assemble(
      String format,
      Path file,
      TensorSource tensors,
      BertConfiguration configuration,
      ImportOptions options) {
    BertAssembler assembler = new BertAssembler(tensors, configuration);
    EmbeddingTable embeddings = assembler.embeddings();
    EncoderWeights encoder = assembler.encoder(embeddings.positions(), embeddings.vocabulary());
    return imported(format, file, file, encoder, embeddings, options);
  }

  private static ImportedModel imported(
      String format,
      Path file,
      Path place,
      EncoderWeights encoder,
      EmbeddingTable embeddings,
      ImportOptions options) {
    BertTokenizer tokenizer =
        tokenizer(place, options, TokenClasses.tokensMax(embeddings.positions()));
    ModelSource source =
        new ModelSource(
            format,
            String.valueOf(file.getFileName()),
            ModelFiles.digest(file).sha256(),
            options.source());
    String licence = options.licence() == null ? "unknown" : options.licence();
    return new ImportedModel(encoder, embeddings, tokenizer, source, licence, options.task());
  }

  private static BertTokenizer tokenizer(Path model, ImportOptions options, int tokensMax) {
    Path config = model.resolveSibling("tokenizer_config.json");
    @Nullable JsonNode settings =
        Files.exists(config) ? ModelFiles.json(config, HuggingFaceConfig.FILE_BYTES_MAX) : null;
    if (options.tokenizer() != null) {
      return TokenizerReader.fromJson(options.tokenizer(), tokensMax);
    }
    if (options.vocabulary() != null) {
      return TokenizerReader.fromVocabulary(options.vocabulary(), settings, tokensMax);
    }
    Path json = model.resolveSibling("tokenizer.json");
    if (Files.exists(json)) {
      return TokenizerReader.fromJson(json, tokensMax);
    }
    Path vocabulary = model.resolveSibling("vocab.txt");
    if (Files.exists(vocabulary)) {
      return TokenizerReader.fromVocabulary(vocabulary, settings, tokensMax);
    }
    throw new ModelException(
        ModelException.Kind.TOKENIZER,
        "no tokenizer.json or vocab.txt beside "
            + model.getFileName()
            + ": name one with --tokenizer or --vocab");
  }

  private static byte[] head(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(16);
    } catch (IOException e) {
      throw ModelFiles.io("cannot read " + file, e);
    }
  }
}
