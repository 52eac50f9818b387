package io.cipherstream.gateway.serving;

import io.cipherstream.client.Classification;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.client.LabelSet;
import io.cipherstream.model.Logits;
import java.util.ArrayList;
import java.util.List;

/**
 * What one row of a model with labels says.
 *
 * @param logits one a label, in the order of the model's labels
 * @param probabilities exp(logit) / Σ exp(logits), or where any number of labels may hold 1 / (1 +
 *     exp(−logit)) each
 * @param labels the one with the largest logit, or those whose probability is at least 1/2
 */
public record AnswerReading(List<Double> logits, List<Double> probabilities, List<String> labels) {

  /**
   * Reads a row.
   *
   * @param facts of a model that gives labels
   */
  public static AnswerReading of(ModelFacts facts, List<Double> row, InferenceReport report) {
    List<String> names = facts.shape().labels();
    if (facts.gives() == ModelFacts.Gives.LABELS) {
      List<String> holding = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        if (row.get(i) >= 0) {
          holding.add(names.get(i));
        }
      }
      return new AnswerReading(
          row, new LabelSet(holding, row, report).probabilities(), List.copyOf(holding));
    }
    String best = names.get(Logits.best(row));
    return new AnswerReading(
        row, new Classification(best, row, report).probabilities(), List.of(best));
  }
}
