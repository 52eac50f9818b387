package io.cipherstream.workflow.report;

import io.cipherstream.report.Figures;

/**
 * How far one score is above another.
 *
 * @param value the difference
 * @param standardError of the difference; NaN where it is not defined
 * @param paired whether the error comes from the same examples; otherwise it is √(e₁² + e₂²), as if
 *     the two had been taken on different examples: an upper estimate as long as both tend to err
 *     together
 */
public record Difference(double value, double standardError, boolean paired) {

  /** As readers see it, in hundredths: {@code −6.4 ± 1.4}. */
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
