package io.cipherstream.workflow.report;

import io.cipherstream.report.Figures;

/**
 * The difference of two scores.
 *
 * @param value the difference
 * @param standardError of the difference; NaN if not defined
 * @param paired whether the error comes from the same examples. Otherwise it is √(e₁² + e₂²), as if
 *     the two scores were of different examples: an upper estimate if both tend to err together
 */
public record Difference(double value, double standardError, boolean paired) {

  /** Formatted for readers, in hundredths: {@code −6.4 ± 1.4}. */
  public String text() {
    return Figures.difference(value, standardError);
  }

  /** Above by more than two standard errors; false where one of the scores is not defined. */
  public boolean above() {
    return value > 2 * standardError;
  }

  /** Below by more than two standard errors. */
  public boolean below() {
    return value < -2 * standardError;
  }

  /**
   * In words.
   *
   * @param reference what it is compared with, such as {@code the control}
   */
  public String verdict(String reference) {
    if (!Double.isFinite(value) || !Double.isFinite(standardError)) {
      return "no difference from " + reference + " defined";
    }
    if (above()) {
      return "above " + reference;
    }
    return (below() ? "below " : "not distinguishable from ") + reference;
  }
}
