package io.cipherstream.workflow.convert;

import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.Ranges;
import io.cipherstream.workflow.metric.Score;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stage's model as it would be exported, with weights rounded to binary16.
 *
 * @param stage the stage
 * @param model both halves
 * @param ranges calibrated, with margin; null if values exceeded float64 on a training text, so
 *     that it cannot be exported
 * @param result of its training
 * @param answers on the development set, see {@link TaskScores#answers}; not to be changed
 * @param scores on the development set
 * @param referenceError largest |difference| of outputs between this module's float64 pass and
 *     {@code PlaintextTransformer} over a few development examples
 */
@SuppressWarnings("ArrayRecordComponent")
public record StageVariant(
    StageName stage,
    ImportedModel model,
    @Nullable Ranges ranges,
    StageResult result,
    double[][] answers,
    List<Score> scores,
    double referenceError) {

  public StageVariant {
    scores = List.copyOf(scores);
  }

  /** Why it cannot be exported; empty if it can. */
  public String obstacle() {
    return ranges == null
        ? "its values exceeded every range on a training text, so it cannot be exported"
        : "";
  }
}
