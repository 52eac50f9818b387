package io.cipherstream.model;

import io.cipherstream.polynomial.Domain;
import java.util.List;
import java.util.Locale;

/**
 * How polynomials were put in the place of a layer's functions.
 *
 * @param module name of what was fitted: {@code spline}, an activation's, or {@code quadratic}
 * @param degree of the polynomials
 * @param weighting how errors are weighed over the interval
 * @param from least number of any function's interval
 * @param to greatest number of any function's interval
 * @param functions how many functions were fitted
 * @param largestError largest error of any of them on its interval
 * @param samples questions on which both networks were compared, 0 if none were at hand
 * @param sampleError largest difference of any output between the network that was given and this
 *     one, over the samples
 */
public record FitReport(
    String module,
    int degree,
    String weighting,
    double from,
    double to,
    int functions,
    double largestError,
    int samples,
    double sampleError) {

  public FitReport {
    if (module == null || weighting == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "a fit without its module or its weighting");
    }
  }

  /** What readers are told, in a line. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s, degree %d on %.2f to %.2f, %s: %d functions, largest error of one %.2g%s",
        module,
        degree,
        from,
        to,
        weighting,
        functions,
        largestError,
        samples == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; largest difference of an output on %d samples %.2g",
                samples,
                sampleError));
  }

  /** Of functions on these intervals, compared on nothing yet. */
  public static FitReport of(
      String module, int degree, String weighting, List<Domain> intervals, double largestError) {
    return new FitReport(
        module,
        degree,
        weighting,
        intervals.stream().mapToDouble(Domain::from).min().orElse(0),
        intervals.stream().mapToDouble(Domain::to).max().orElse(0),
        intervals.size(),
        largestError,
        0,
        0);
  }

  /** After a comparison. */
  public FitReport compared(int questions, double error) {
    return new FitReport(
        module, degree, weighting, from, to, functions, largestError, questions, error);
  }
}
