package io.cipherstream.model.sealed;

import io.cipherstream.model.ModelException;

/**
 * g = square∘h² + linear∘h + constant: each neuron has an activation of its own.
 *
 * @param square one a neuron; not copied, not to be changed
 * @param linear one a neuron; not copied, not to be changed
 * @param constant the same for all neurons
 */
@SuppressWarnings("ArrayRecordComponent")
public record NeuronQuadratics(float[] square, float[] linear, float constant)
    implements HiddenFunctions {

  /**
   * @throws ModelException of kind SHAPE if there are not as many factors of both kinds
   */
  public NeuronQuadratics {
    if (square.length != linear.length) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "factors of " + square.length + " and " + linear.length + " neurons: expected as many");
    }
  }

  @Override
  public int count(int neurons) {
    if (square.length != neurons) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "quadratics of " + square.length + " neurons: expected " + neurons + ", one each");
    }
    return square.length;
  }

  @Override
  public double[] of(double[] h) {
    double[] g = new double[h.length];
    for (int i = 0; i < g.length; i++) {
      g[i] = (square[i] * h[i] + linear[i]) * h[i] + constant;
    }
    return g;
  }
}
