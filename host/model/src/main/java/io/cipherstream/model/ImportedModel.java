package io.cipherstream.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Both halves of a model and its tokenizer as an importer read them.
 *
 * @param encoder the appliance's half
 * @param embeddings the client's half
 * @param tokenizer the client's tokenizer, limited to {@link TokenClasses#tokensMax}
 * @param source the files it came from
 * @param licence licence of the weights, or {@code unknown}
 * @param task what the model was trained to answer; null where nothing says it
 * @param notes what the importer took for granted or left out, in sentences for the user
 */
public record ImportedModel(
    EncoderWeights encoder,
    EmbeddingTable embeddings,
    BertTokenizer tokenizer,
    ModelSource source,
    String licence,
    @Nullable ModelTask task,
    List<String> notes) {

  /** A model without notes. */
  public ImportedModel(
      EncoderWeights encoder,
      EmbeddingTable embeddings,
      BertTokenizer tokenizer,
      ModelSource source,
      String licence,
      @Nullable ModelTask task) {
    this(encoder, embeddings, tokenizer, source, licence, task, List.of());
  }

  /** A model that does not say what it answers. */
  public ImportedModel(
      EncoderWeights encoder,
      EmbeddingTable embeddings,
      BertTokenizer tokenizer,
      ModelSource source,
      String licence) {
    this(encoder, embeddings, tokenizer, source, licence, null);
  }

  /**
   * @throws ModelException of kind TOKENIZER if the vocabulary has more word pieces than the
   *     embedding table rows or segments, SHAPE if the halves do not fit each other or the model
   *     cannot answer such questions as the task has
   */
  public ImportedModel {
    notes = List.copyOf(notes);
    embeddings.checkFits(encoder.shape());
    if (tokenizer.template().singleSegmentMax() >= embeddings.segments()) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "the tokenizer puts tokens into segment "
              + tokenizer.template().singleSegmentMax()
              + ", but the token-type table has "
              + embeddings.segments()
              + " rows: the tokenizer is another model's");
    }
    if (tokenizer.size() > embeddings.vocabulary()) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "vocabulary of "
              + tokenizer.size()
              + " word pieces for an embedding table of "
              + embeddings.vocabulary()
              + " rows: the tokenizer is another model's");
    }
    if (task != null) {
      task.check(encoder.shape());
      if (task.input() == ModelTask.Input.PAIR
          && embeddings.segments() <= tokenizer.template().pairSegmentMax()) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            "task "
                + task.name()
                + " of pairs with a token-type table of 1 row: expected one a segment");
      }
    }
  }

  /**
   * The same with a task.
   *
   * @throws ModelException of kind SHAPE if the model cannot answer such questions
   */
  public ImportedModel withTask(@Nullable ModelTask said) {
    return new ImportedModel(encoder, embeddings, tokenizer, source, licence, said, notes);
  }
}
