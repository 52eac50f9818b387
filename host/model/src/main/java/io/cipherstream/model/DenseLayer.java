package io.cipherstream.model;

/**
 * y = W·x + b.
 *
 * @param outputs rows of W
 * @param inputs columns of W
 * @param weight W, row-major [outputs][inputs]; not copied, not to be changed
 * @param bias b, [outputs]; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record DenseLayer(int outputs, int inputs, float[] weight, float[] bias) {

  /**
   * @throws ModelException of kind SHAPE if an array's length does not fit
   */
  public DenseLayer {
    if (outputs < 1 || inputs < 1 || weight.length != (long) outputs * inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "weight of "
              + weight.length
              + " values: expected "
              + outputs
              + " × "
              + inputs
              + " = "
              + (long) outputs * inputs);
    }
    if (bias.length != outputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "bias of " + bias.length + " values: expected " + outputs + " as the weight has rows");
    }
  }

  /** W[output][input]. */
  public double weight(int output, int input) {
    return weight[output * inputs + input];
  }

  /** b[output]. */
  public double bias(int output) {
    return bias[output];
  }

  /** W·x + b in float64 for one row x of {@link #inputs} values. */
  public double[] apply(double[] x) {
    return MatrixProduct.dense(new double[][] {x}, this)[0];
  }

  /** W·x + b in float64 for every row x; the rows stay unchanged. */
  public double[][] apply(double[][] rows) {
    return MatrixProduct.dense(rows, this);
  }
}
