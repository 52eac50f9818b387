package io.cipherstream.model.sealed;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelSource;
import io.cipherstream.model.ModelTask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Both halves of a polynomial encoder and its tokenizer.
 *
 * @param encoder the appliance's half
 * @param embeddings the client's half
 * @param tokenizer the client's tokenizer
 * @param source the model it was trained from
 * @param licence licence of the weights, or {@code unknown}
 * @param task what it was trained to answer; null where nothing says it
 * @param notes what a user should know
 */
public record SealedModel(
    SealedEncoder encoder,
    EmbeddingTable embeddings,
    BertTokenizer tokenizer,
    ModelSource source,
    String licence,
    @Nullable ModelTask task,
    List<String> notes) {

  /**
   * @throws ModelException of kind SHAPE if the halves differ
   */
  public SealedModel {
    notes = List.copyOf(notes);
    if (embeddings.width() != encoder.shape().width()
        || embeddings.positions() != encoder.shape().positions()
        || embeddings.vocabulary() != encoder.shape().vocabulary()
        || tokenizer.size() > embeddings.vocabulary()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "embeddings of width "
              + embeddings.width()
              + (", " + embeddings.positions() + " positions and ")
              + (embeddings.vocabulary() + " word pieces, and a tokenizer of " + tokenizer.size())
              + (", for " + encoder.shape()));
    }
  }
}
