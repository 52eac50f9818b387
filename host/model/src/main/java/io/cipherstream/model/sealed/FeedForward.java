package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.NormLayer;

/**
 * out = (y + B·g + b)∘γ + β with g = square∘h² + linear∘h + constant and h = A·y + a.
 *
 * @param intermediate A and a, ffnWidth × width
 * @param square one a neuron; not copied, not to be changed
 * @param linear one a neuron; not copied, not to be changed
 * @param constant the same for all neurons
 * @param output B and b, width × ffnWidth
 * @param norm γ and β
 */
@SuppressWarnings("ArrayRecordComponent")
public record FeedForward(
    DenseLayer intermediate,
    float[] square,
    float[] linear,
    float constant,
    DenseLayer output,
    NormLayer norm) {

  /**
   * @throws ModelException of kind SHAPE if a neuron has no factors
   */
  public FeedForward {
    if (square.length != intermediate.outputs() || linear.length != intermediate.outputs()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "factors of "
              + square.length
              + " and "
              + linear.length
              + " neurons: expected "
              + intermediate.outputs());
    }
  }

  /** square·h² + linear·h + constant of a neuron. */
  public double activate(int neuron, double h) {
    return (square[neuron] * h + linear[neuron]) * h + constant;
  }
}
