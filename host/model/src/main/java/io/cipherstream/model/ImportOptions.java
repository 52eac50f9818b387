package io.cipherstream.model;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the user says about a model to import; null where the model's own files shall say it.
 *
 * @param name name of the package, see {@link ModelRepository#checkName}
 * @param tokenizer a tokenizer.json
 * @param vocabulary a vocab.txt; ignored when tokenizer is given
 * @param labels class names in the order of the logits
 * @param pooling how an embedding's token rows become one, whatever lies beside the model
 * @param poolingOtherwise the same where nothing else says it; null for the mean, with a note
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
    return changed(draft -> draft.tokenizer = file);
  }

  public ImportOptions withVocabulary(@Nullable Path file) {
    return changed(draft -> draft.vocabulary = file);
  }

  public ImportOptions withLabels(@Nullable List<String> names) {
    return changed(draft -> draft.labels = names);
  }

  public ImportOptions withPooling(@Nullable Pooling kind) {
    return changed(draft -> draft.pooling = kind);
  }

  public ImportOptions withPoolingOtherwise(@Nullable Pooling kind) {
    return changed(draft -> draft.poolingOtherwise = kind);
  }

  public ImportOptions withNormalize(@Nullable Boolean scaled) {
    return changed(draft -> draft.normalize = scaled);
  }

  public ImportOptions withHeadOptional(boolean optional) {
    return changed(draft -> draft.headOptional = optional);
  }

  public ImportOptions withLicence(@Nullable String text) {
    return changed(draft -> draft.licence = text);
  }

  public ImportOptions withSource(@Nullable String text) {
    return changed(draft -> draft.source = text);
  }

  public ImportOptions withTask(@Nullable ModelTask said) {
    return changed(draft -> draft.task = said);
  }

  public ImportOptions withProgress(ImportProgress listener) {
    return changed(draft -> draft.progress = listener);
  }

  private ImportOptions changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy in which one member can be another. */
  private static final class Draft {
    private final String name;
    private @Nullable Path tokenizer;
    private @Nullable Path vocabulary;
    private @Nullable List<String> labels;
    private @Nullable Pooling pooling;
    private @Nullable Pooling poolingOtherwise;
    private @Nullable Boolean normalize;
    private boolean headOptional;
    private @Nullable String licence;
    private @Nullable String source;
    private @Nullable ModelTask task;
    private ImportProgress progress;

    Draft(ImportOptions from) {
      name = from.name;
      tokenizer = from.tokenizer;
      vocabulary = from.vocabulary;
      labels = from.labels;
      pooling = from.pooling;
      poolingOtherwise = from.poolingOtherwise;
      normalize = from.normalize;
      headOptional = from.headOptional;
      licence = from.licence;
      source = from.source;
      task = from.task;
      progress = from.progress;
    }

    ImportOptions options() {
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
          progress);
    }
  }
}
