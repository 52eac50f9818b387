package io.cipherstream.polynomial;

/**
 * An interval of real numbers, on which a polynomial stands for a function.
 *
 * @param from smallest number; finite, below {@code to}
 * @param to largest number; finite
 */
public record Domain(double from, double to) {

  /** Chebyshev polynomials' own. */
  public static final Domain UNIT = new Domain(-1, 1);

  public Domain {
    if (!(from < to) || Double.isInfinite(from) || Double.isInfinite(to)) {
      throw new IllegalArgumentException(
          "an interval from " + from + " to " + to + ": expected two finite numbers in order");
    }
  }

  /** (from + to)/2. */
  public double middle() {
    return from + (to - from) / 2;
  }

  /** (to − from)/2, above 0. */
  public double half() {
    return (to - from) / 2;
  }

  /** u = (x − middle)/half, in [−1, 1] for x in this interval. */
  public double toUnit(double x) {
    return (x - middle()) / half();
  }

  /** x = middle + half·u. */
  public double fromUnit(double u) {
    return middle() + half() * u;
  }

  /** The interval with the same middle that is {@code factor} times as long. */
  public Domain widened(double factor) {
    return new Domain(middle() - factor * half(), middle() + factor * half());
  }
}
