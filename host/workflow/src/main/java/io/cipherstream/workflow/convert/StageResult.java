package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.train.TrainingResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a finished stage stores beside its weights.
 *
 * @param stage its name
 * @param fingerprint digest of everything it depends on
 * @param training the training's course; null if nothing was trained
 * @param recipe how it was trained
 * @param batch examples per step
 * @param unexplained for affine norms by regression, the unexplained share of the variance; empty
 *     for other stages
 * @param seconds of the whole stage, over all runs that wrote checkpoints
 */
public record StageResult(
    StageName stage,
    String fingerprint,
    @Nullable TrainingResult training,
    StageRecipe recipe,
    int batch,
    List<Double> unexplained,
    double seconds) {

  public StageResult {
    unexplained = List.copyOf(unexplained);
  }
}
