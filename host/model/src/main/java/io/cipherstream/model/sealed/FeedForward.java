package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.NormLayer;

/**
 * out = (y + B·g(h) + b)∘γ + β with h = A·y + a.
 *
 * @param intermediate A and a, ffnWidth × width
 * @param functions g: quadratics of neurons, or features of edges
 * @param output B and b, width × numbers of g
 * @param norm γ and β
 */
public record FeedForward(
    DenseLayer intermediate, HiddenFunctions functions, DenseLayer output, NormLayer norm) {

  /**
   * @throws ModelException of kind SHAPE if the functions are not those of the neurons
   */
  public FeedForward {
    int neurons = intermediate.outputs();
    int count = functions.count(neurons);
    if (output.inputs() != count) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          count
              + " functions of "
              + neurons
              + " neurons and a second matrix of "
              + output.inputs()
              + " columns: expected a column for each function");
    }
  }
}
