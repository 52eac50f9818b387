package io.cipherstream.model;

/**
 * What an embedding is where a matrix follows the pooled row: f(D·row + d), which sentence-
 * transformers calls Dense. D and d are the encoder's {@link EncoderWeights#classifier}; f is the
 * client's.
 *
 * @param outputs rows of D
 * @param function f
 */
public record DenseOutput(int outputs, DenseFunction function) {

  /**
   * @throws ModelException of kind MALFORMED without a function, SHAPE if there are no outputs or
   *     more than {@link ModelShape#WIDTH_MAX}
   */
  public DenseOutput {
    if (function == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "a dense output without function: expected one");
    }
    if (outputs < 1 || outputs > ModelShape.WIDTH_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a dense output of " + outputs + " features: expected 1 to " + ModelShape.WIDTH_MAX);
    }
  }

  /** f of every value of a row. */
  double[] apply(double[] row) {
    double[] out = new double[row.length];
    for (int j = 0; j < row.length; j++) {
      out[j] = function.apply(row[j]);
    }
    return out;
  }
}
