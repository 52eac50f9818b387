package io.cipherstream.model;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the user says about a model to import; null where the model's own files shall say it.
 *
 * @param name name of the package, see {@link ModelRepository#checkName}
 * @param tokenizer a tokenizer.json
 * @param vocabulary a vocab.txt; ignored when tokenizer is given
 * @param labels class names in the order of the logits
 * @param pooling how an embedding's token rows become one, whatever lies beside the model
 * @param poolingOtherwise the same where nothing else says it; null asks the user of an ONNX file
 * @param normalize whether an embedding is scaled to length 1 (where nothing says it, it is)
 * @param headOptional whether a head that is not computed may be left out
 * @param licence licence of the weights
 * @param source where the model comes from, for the manifest
 * @param task what the model answers, for the manifest
 * @param progress told about long steps
 */
public record ImportOptions(
    String name,
    @Nullable Path tokenizer,
    @Nullable Path vocabulary,
    @Nullable List<String> labels,
    @Nullable Pooling pooling,
    @Nullable Pooling poolingOtherwise,
    @Nullable Boolean normalize,
    boolean headOptional,
    @Nullable String licence,
    @Nullable String source,
    @Nullable ModelTask task,
    ImportProgress progress) {

  /** Options with a name and nothing else. */
  public static ImportOptions named(String name) {
    return new ImportOptions(
        name,
        null,
        null,
        null,
        null,
        null,
        null,
        false,
        null,
        null,
        null,
        (step, done, total) -> {});
  }

  public ImportOptions withTokenizer(@Nullable Path file) {
    return new ImportOptions(
        name,
        file,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
        normalize,
        headOptional,
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withVocabulary(@Nullable Path file) {
    return new ImportOptions(
        name,
        tokenizer,
        file,
        labels,
        pooling,
        poolingOtherwise,
        normalize,
        headOptional,
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withLabels(@Nullable List<String> names) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        names,
        pooling,
        poolingOtherwise,
        normalize,
        headOptional,
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withPooling(@Nullable Pooling kind) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        kind,
        poolingOtherwise,
        normalize,
        headOptional,
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withPoolingOtherwise(@Nullable Pooling kind) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        kind,
        normalize,
        headOptional,
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withNormalize(@Nullable Boolean scaled) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
        scaled,
        headOptional,
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withHeadOptional(boolean optional) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
        normalize,
        optional,
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withLicence(@Nullable String text) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
        normalize,
        headOptional,
        text,
        source,
        task,
        progress);
  }

  public ImportOptions withSource(@Nullable String text) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
        normalize,
        headOptional,
        licence,
        text,
        task,
        progress);
  }

  public ImportOptions withTask(@Nullable ModelTask said) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
        normalize,
        headOptional,
        licence,
        source,
        said,
        progress);
  }

  public ImportOptions withProgress(ImportProgress listener) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
        normalize,
        headOptional,
        licence,
        source,
        task,
        listener);
  }
}
