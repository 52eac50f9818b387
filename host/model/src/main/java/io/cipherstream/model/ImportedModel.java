package io.cipherstream.model;

/**
 * Both halves of a model as an importer read them.
 *
 * @param encoder the appliance's half
 * @param embeddings the client's half
 */
public record ImportedModel(EncoderWeights encoder, EmbeddingTable embeddings) {

  /**
   * @throws ModelException if a tensor is missing, has the wrong shape or holds NaN or infinity
   */
  static ImportedModel assemble(TensorSource source, BertConfiguration configuration) {
    BertAssembler assembler = new BertAssembler(source, configuration);
    EmbeddingTable embeddings = assembler.embeddings();
    return new ImportedModel(
        assembler.encoder(embeddings.positions(), embeddings.vocabulary()), embeddings);
  }
}
