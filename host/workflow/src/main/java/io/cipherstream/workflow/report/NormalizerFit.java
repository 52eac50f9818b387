package io.cipherstream.workflow.report;

import java.util.List;

/**
 * T(s) = Σⱼ cⱼ·ReLU(1 − s/kⱼ) + b, which stands for 1/s.
 *
 * @param knots kⱼ, positive
 * @param coefficients cⱼ, one a knot
 * @param bias b
 * @param from smallest row sum s that it was fitted to
 * @param to largest
 * @param rms √(mean (s·T(s) − 1)²) over the range, every octave weighing the same
 * @param max largest |s·T(s) − 1| over the range
 */
public record NormalizerFit(
    List<Double> knots,
    List<Double> coefficients,
    double bias,
    double from,
    double to,
    double rms,
    double max) {

  /**
   * @throws IllegalArgumentException if knots and coefficients differ in number, a knot is not
   *     positive, or the range is not positive, finite and ascending
   */
  public NormalizerFit {
    knots = ReportChecks.list("knots", knots);
    coefficients = ReportChecks.list("coefficients", coefficients);
    if (knots.size() != coefficients.size() || knots.stream().anyMatch(k -> !(k > 0))) {
      throw new IllegalArgumentException(
          knots.size()
              + " knots "
              + knots
              + " and "
              + coefficients.size()
              + " coefficients: expected equally many, and positive knots");
    }
    if (!(from > 0 && from < to) || Double.isInfinite(to)) {
      throw new IllegalArgumentException(
          "row sums from " + from + " to " + to + ": expected 0 < from < to, both finite");
    }
  }

  /** T(s). */
  public double evaluate(double s) {
    double sum = bias;
    for (int j = 0; j < knots.size(); j++) {
      sum += coefficients.get(j) * Math.max(0, 1 - s / knots.get(j));
    }
    return sum;
  }
}
