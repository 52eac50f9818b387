package io.cipherstream.workflow.train;

import io.cipherstream.model.FitReport;
import io.cipherstream.model.sealed.EdgeFeatures;
import io.cipherstream.polynomial.ActivationModule;
import io.cipherstream.polynomial.ChebyshevSeries;
import io.cipherstream.polynomial.Domain;
import io.cipherstream.polynomial.WeightedMinimax;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * The polynomial that the functions of a feed-forward network start as; training moves each of them
 * by itself.
 *
 * @param module what it stands for; null for 0.15·h² + 0.5·h + 0.2
 * @param series on {@link EdgeFeatures#DOMAIN}
 */
public record StartFunction(@Nullable ActivationModule module, ChebyshevSeries series) {

  private static final Domain DOMAIN = EdgeFeatures.DOMAIN;

  /** 0.15·h² + 0.5·h + 0.2. */
  private static final double[] QUADRATIC = {5.0, 4.0, 4.8};

  /** Deviation of the normal distribution that weighs errors: what h has at a start, doubled. */
  private static final double DEVIATION = 2;

  /** Weight of a place where the distribution has less. */
  private static final double LEAST_WEIGHT = 0.05;

  /**
   * The polynomial of least weighted error.
   *
   * @param module what it stands for; null for a quadratic that stands for nothing
   * @param degree of the polynomial
   */
  public static StartFunction of(@Nullable ActivationModule module, int degree) {
    return new StartFunction(
        module,
        module == null
            ? new ChebyshevSeries(DOMAIN, QUADRATIC)
            : WeightedMinimax.of(module, StartFunction::weight, DOMAIN, degree));
  }

  private static double weight(double h) {
    return Math.max(LEAST_WEIGHT, Math.exp(-h * h / (2 * DEVIATION * DEVIATION)));
  }

  /** c₀ + c₁·h + c₂·h², of degree 2. */
  float[] powers() {
    double[] c = series.coefficients();
    double half = DOMAIN.half();
    return new float[] {
      (float) (c[0] - c[2]), (float) (c[1] / half), (float) (2 * c[2] / (half * half))
    };
  }

  /**
   * What a report says of it.
   *
   * @param functions that start as it
   */
  public FitReport fit(int functions) {
    return FitReport.of(
        module == null ? "quadratic" : module.text(),
        series.degree(),
        module == null ? "none" : "minimax by normal density",
        Collections.nCopies(functions, DOMAIN),
        module == null ? 0 : series.largestError(module));
  }
}
