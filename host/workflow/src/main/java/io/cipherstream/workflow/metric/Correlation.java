package io.cipherstream.workflow.metric;

import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** Correlations of predicted values with true ones, −1 to 1; NaN where one side is constant. */
public final class Correlation {

  private Correlation() {}

  /**
   * Pearson's r, Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²).
   *
   * @throws IllegalArgumentException if the arrays differ in length or hold fewer than two values
   */
  public static double pearson(double[] truth, double[] predicted) {
    check(truth, predicted);
    return new PearsonsCorrelation().correlation(truth, predicted);
  }

  /**
   * Spearman's ρ: Pearson's r of the ranks, equal values sharing their mean rank.
   *
   * @throws IllegalArgumentException as {@link #pearson}
   */
  public static double spearman(double[] truth, double[] predicted) {
    check(truth, predicted);
    return new SpearmansCorrelation().correlation(truth, predicted);
  }

  private static void check(double[] truth, double[] predicted) {
    Checks.sameSize(truth.length, predicted.length);
    if (truth.length < 2) {
      throw new IllegalArgumentException("a correlation of one pair: expected two or more");
    }
  }
}
