package io.cipherstream.model;

/**
 * Both halves of a model and its tokenizer as an importer read them.
 *
 * @param encoder the appliance's half
 * @param embeddings the client's half
 * @param tokenizer the client's tokenizer, limited to {@link TokenClasses#tokensMax}
 * @param source the files it came from
 * @param licence licence of the weights, or {@code unknown}
 */
public record ImportedModel(
    EncoderWeights encoder,
    EmbeddingTable embeddings,
    BertTokenizer tokenizer,
    ModelSource source,
    String licence) {

  /**
   * @throws ModelException of kind TOKENIZER if the vocabulary has more word pieces than the
   *     embedding table rows
   */
  public ImportedModel {
    if (tokenizer.vocabulary().size() > embeddings.vocabulary()) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "vocabulary of "
              + tokenizer.vocabulary().size()
              + " word pieces for an embedding table of "
              + embeddings.vocabulary()
              + " rows: the tokenizer is another model's");
    }
  }
}
