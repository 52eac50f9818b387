package io.cipherstream.model;

/**
 * T(s) = Σⱼ cⱼ · ReLU(1 − s/kⱼ) + b, THE-X's stand-in for the reciprocal of a row sum s ≥ 0.
 *
 * @param knots kⱼ, none 0; not copied, not to be changed
 * @param coefficients cⱼ; not copied, not to be changed
 * @param bias b
 */
@SuppressWarnings("ArrayRecordComponent")
public record HingeNetwork(double[] knots, double[] coefficients, double bias) {

  /**
   * @throws ModelException of kind SHAPE if the arrays differ in length or are empty, of kind VALUE
   *     if a knot is 0 or a number is not finite
   */
  public HingeNetwork {
    if (knots.length == 0 || knots.length != coefficients.length) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "T with "
              + knots.length
              + " knots and "
              + coefficients.length
              + " coefficients: expected equally many");
    }
    for (int j = 0; j < knots.length; j++) {
      if (knots[j] == 0 || !Double.isFinite(knots[j]) || !Double.isFinite(coefficients[j])) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            "T's hinge " + j + " has knot " + knots[j] + " and coefficient " + coefficients[j]);
      }
    }
    if (!Double.isFinite(bias)) {
      throw new ModelException(ModelException.Kind.VALUE, "T's bias is " + bias);
    }
  }

  /** Number of hinges. */
  public int hinges() {
    return knots.length;
  }

  /** T(s). */
  public double evaluate(double s) {
    double sum = bias;
    for (int j = 0; j < knots.length; j++) {
      sum += coefficients[j] * Math.max(0, 1 - s / knots[j]);
    }
    return sum;
  }
}
