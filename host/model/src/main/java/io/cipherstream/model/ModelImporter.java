package io.cipherstream.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    LfsPointer.check(file, head);
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
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      Map<String, String> metadata = open.metadata();
      TensorSource tensors = TensorPrefix.without(open);
      BertConfiguration configuration =
          BertConfiguration.fromMetadata(metadata).withLabels(options.labels());
      return assemble("safetensors", file, tensors, configuration, options);
    }
  }

  /** A folder's safetensors file or, where it has none, its ONNX file. */
  private static ImportedModel folder(Path folder, ImportOptions options) {
    if (!WeightsFile.isIn(folder)) {
      for (String name : ONNX_FILES) {
        if (Files.exists(folder.resolve(name))) {
          return onnx(folder.resolve(name), folder.resolve("model.onnx"), options);
        }
      }
    }
    return HuggingFaceReader.read(folder, options);
  }

  static ImportedModel onnx(Path file, ImportOptions options) {
    return onnx(file, file, options);
  }

  /**
   * @param place where configuration and tokenizer are looked for: beside it
   */
  private static ImportedModel onnx(Path file, Path place, ImportOptions options) {
    OnnxModel model = new OnnxModel(OnnxReader.read(file));
    List<String> notes = new ArrayList<>();
    EncoderWeights encoder = OnnxHeads.weights(model, place, options, notes);
    return imported("onnx", file, place, encoder, model.embeddings(), options, notes);
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
    return imported(format, file, file, encoder, embeddings, options, new ArrayList<>());
  }

  /**
   * A model with the tokenizer that its folder or the options have.
   *
   * @param place beside which the tokenizer lies
   * @param notes what is known for the user; gets what the tokenizer's reader adds
   */
  static ImportedModel imported(
      String format,
      Path file,
      Path place,
      EncoderWeights encoder,
      EmbeddingTable embeddings,
      ImportOptions options,
      List<String> notes) {
    BertTokenizer tokenizer =
        TokenizerReader.read(
            place,
            options,
            embeddings.vocabulary(),
            TokenClasses.tokensMax(encoder.shape()),
            notes);
    ModelSource source =
        new ModelSource(
            format, String.valueOf(file.getFileName()), WeightsFile.sha256(file), options.source());
    String licence = options.licence() == null ? "unknown" : options.licence();
    return new ImportedModel(
        encoder, embeddings, tokenizer, source, licence, options.task(), notes);
  }

  private static byte[] head(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(64);
    } catch (IOException e) {
      throw ModelFiles.io("cannot read " + file, e);
    }
  }
}
