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
 * @param poolingOtherwise the same where nothing else says it; null asks the user
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
    @Nullable String licence,
    @Nullable String source,
    @Nullable ModelTask task,
    ImportProgress progress) {

  /** Options with a name and nothing else. */
  public static ImportOptions named(String name) {
    return new ImportOptions(
        name, null, null, null, null, null, null, null, null, (step, done, total) -> {});
  }

  public ImportOptions withTokenizer(@Nullable Path file) {
    return new ImportOptions(
        name, file, vocabulary, labels, pooling, poolingOtherwise, licence, source, task, progress);
  }

  public ImportOptions withVocabulary(@Nullable Path file) {
    return new ImportOptions(
        name, tokenizer, file, labels, pooling, poolingOtherwise, licence, source, task, progress);
  }

  public ImportOptions withLabels(@Nullable List<String> names) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        names,
        pooling,
        poolingOtherwise,
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
        licence,
        source,
        task,
        progress);
  }

  public ImportOptions withPoolingOtherwise(@Nullable Pooling kind) {
    return new ImportOptions(
        name, tokenizer, vocabulary, labels, pooling, kind, licence, source, task, progress);
  }

  public ImportOptions withLicence(@Nullable String text) {
    return new ImportOptions(
        name,
        tokenizer,
        vocabulary,
        labels,
        pooling,
        poolingOtherwise,
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
        licence,
        source,
        task,
        listener);
  }
}
