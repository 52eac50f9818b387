package io.cipherstream.model.sealed;

/**
 * A closed interval of reals that an exact value is known to lie in. Every operation rounds
 * outwards: the result holds all values that the operands' values can give.
 *
 * @param low not above high
 * @param high finite or infinite
 */
record Interval(double low, double high) {

  Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("interval from " + low + " to " + high);
    }
  }

  /** All values within a distance of a middle. */
  static Interval around(double middle, double radius) {
    return new Interval(Math.nextDown(middle - radius), Math.nextUp(middle + radius));
  }

  Interval plus(Interval other) {
    return new Interval(Math.nextDown(low + other.low), Math.nextUp(high + other.high));
  }

  Interval times(Interval other) {
    double a = low * other.low;
    double b = low * other.high;
    double c = high * other.low;
    double d = high * other.high;
    return new Interval(
        Math.nextDown(Math.min(Math.min(a, b), Math.min(c, d))),
        Math.nextUp(Math.max(Math.max(a, b), Math.max(c, d))));
  }

  /** The squares of all values. */
  Interval square() {
    double most = largest();
    double least = low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high));
    return new Interval(Math.max(0, Math.nextDown(least * least)), Math.nextUp(most * most));
  }

  /** This and 0. */
  Interval withZero() {
    return new Interval(Math.min(low, 0), Math.max(high, 0));
  }

  /** The largest absolute value. */
  double largest() {
    return Math.max(Math.abs(low), Math.abs(high));
  }
}
