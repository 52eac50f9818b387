package io.cipherstream.model;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what stands behind the encoder of an ONNX file: what its graph has, and what lies beside.
 */
final class OnnxHeads {

  private OnnxHeads() {}

  /**
   * @param file the ONNX file, or where it would lie in its folder; {@code config.json} and {@code
   *     1_Pooling/config.json} beside it are read where the graph leaves open what they say
   * @param notes gets what was taken for granted: the mean where nothing says how token rows become
   *     one
   * @throws ModelException of kind UNSUPPORTED if an option and the graph contradict each other
   */
  static EncoderWeights weights(
      OnnxModel model, Path file, ImportOptions options, List<String> notes) {
    if (model.classes() > 0) {
      return classifier(model, file, options);
    }
    List<String> labels = options.labels();
    if (labels != null && !labels.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "labels "
              + labels
              + " for an ONNX graph without a classifier: leave them out, or export the model with"
              + " its head (as for text-classification)");
    }
    return model.weights(
        pooling(model, file, options, notes), head(model, file, options), List.of());
  }

  /**
   * Whether the row is scaled to length 1: a graph that pools says it itself; for one that ends at
   * the last hidden state it is, unless a file or the user says it is not.
   */
  private static Head head(OnnxModel model, Path file, ImportOptions options) {
    Boolean said = options.normalize();
    if (model.isUnit() && said != null && !said) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "no normalisation for an ONNX graph that ends with rows of length 1");
    }
    if (said == null && !model.isUnit()) {
      said = modules(file).normalize();
      said = (said == null && model.pooling() != null) ? Boolean.FALSE : said;
    }
    return said == null || said ? Head.EMBEDDING : Head.VECTOR;
  }

  private static SentenceModules modules(Path file) {
    SentenceModules modules = SentenceModules.beside(file);
    if (modules.dense() != null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "modules.json beside the ONNX file has a module Dense, which is not computed behind a"
              + " graph: import the folder with model.safetensors instead");
    }
    return modules;
  }

  private static Pooling pooling(
      OnnxModel model, Path file, ImportOptions options, List<String> notes) {
    Pooling own = model.pooling();
    Pooling said = options.pooling();
    if (own != null) {
      if (said != null && said != own) {
        throw new ModelException(
            ModelException.Kind.UNSUPPORTED,
            "pooling " + said.text() + " for an ONNX graph that ends with pooling " + own.text());
      }
      return own;
    }
    Pooling beside = said == null ? modules(file).pooling() : said;
    beside = beside == null ? options.poolingOtherwise() : beside;
    if (beside == null) {
      notes.add(HuggingFaceReader.MEAN_IS_A_GUESS);
      return Pooling.MEAN;
    }
    return beside;
  }

  private static EncoderWeights classifier(OnnxModel model, Path file, ImportOptions options) {
    Pooling own = model.pooling();
    Pooling said = options.pooling();
    if (own == null) {
      throw new IllegalStateException("a classifier behind no rows");
    }
    if (said != null && said != own) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "pooling "
              + said.text()
              + " for an ONNX graph whose classifier has pooling "
              + own.text());
    }
    HuggingFaceConfig.@Nullable Outputs outputs = HuggingFaceConfig.outputsBeside(file, options);
    if (outputs == null) {
      if (model.classes() == 1 && own != Pooling.NONE) {
        return model.weights(own, Head.VALUE, List.of());
      }
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "the ONNX graph ends with a classifier of "
              + model.classes()
              + " outputs, and there is no config.json beside it: name them with --labels A,B,…");
    }
    List<String> labels = outputs.labels();
    if (outputs.head() == Head.VALUE) {
      return model.weights(own, Head.VALUE, List.of());
    }
    if (labels.size() != model.classes()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "labels "
              + labels
              + " for a classifier of "
              + model.classes()
              + " outputs: expected one each");
    }
    return model.weights(own, outputs.head(), labels);
  }
}
