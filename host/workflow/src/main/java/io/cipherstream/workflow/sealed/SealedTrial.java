package io.cipherstream.workflow.sealed;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.train.Parameters;
import java.util.List;

/**
 * One trained model.
 *
 * @param seed of its training
 * @param encoder the appliance's half
 * @param embeddings the client's half
 * @param parameters the same weights as parameters, for searches
 * @param heldOut its score on the held-out examples, for choices
 * @param dev its scores on the development examples, for the report only
 * @param seconds of training
 */
public record SealedTrial(
    long seed,
    SealedEncoder encoder,
    EmbeddingTable embeddings,
    Parameters parameters,
    double heldOut,
    List<Score> dev,
    double seconds) {

  public SealedTrial {
    dev = List.copyOf(dev);
  }
}
