package io.cipherstream.workflow.sealed;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.TrainingResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One trained model.
 *
 * @param seed of its training
 * @param encoder the appliance's half
 * @param embeddings the client's half
 * @param parameters the same weights as parameters, for searches
 * @param heldOut its score on the held-out examples, for choices
 * @param answers on the development examples, see {@code TaskScores#answers}; not to be changed
 * @param dev its scores on them, for the report only
 * @param seconds of training
 * @param phases of its training
 */
@SuppressWarnings("ArrayRecordComponent")
public record SealedTrial(
    long seed,
    SealedEncoder encoder,
    EmbeddingTable embeddings,
    Parameters parameters,
    double heldOut,
    double[][] answers,
    List<Score> dev,
    double seconds,
    List<Course> phases) {

  /**
   * The course of a phase.
   *
   * @param phase its name
   * @param training null if an older program trained it
   */
  public record Course(String phase, @Nullable TrainingResult training) {}

  public SealedTrial {
    dev = List.copyOf(dev);
    phases = List.copyOf(phases);
  }

  /** Its name among others. */
  public String title() {
    return "sealed " + encoder.spec();
  }
}
