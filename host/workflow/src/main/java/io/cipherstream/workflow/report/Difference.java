package io.cipherstream.workflow.report;

import io.cipherstream.workflow.metric.Score;

/**
 * How far one score is above another.
 *
 * @param value the difference
 * @param standardError √(e₁² + e₂²), as if the two had been taken on different examples: for two
 *     models on the same examples it is an upper estimate as long as they tend to err together
 */
record Difference(double value, double standardError) {

  static Difference of(Score score, Score reference) {
    return new Difference(
        score.value() - reference.value(),
        Math.hypot(score.standardError(), reference.standardError()));
  }

  /** Above by more than two standard errors; false where one of the scores is not defined. */
  boolean above() {
    return value > 2 * standardError;
  }

  /** Below by more than two standard errors. */
  boolean below() {
    return value < -2 * standardError;
  }
}
