package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.train.TrainingResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a finished stage leaves beside its weights.
 *
 * @param stage its name
 * @param fingerprint digest of all it depends on
 * @param training how training went; null where nothing was trained
 * @param recipe how it was trained
 * @param batch examples a step
 * @param unexplained of affine norms by regression: share of variance they do not explain; empty
 *     for other stages
 * @param seconds of the whole stage, over all runs as far as they wrote checkpoints
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
