package io.cipherstream.model.sealed;

import io.cipherstream.model.ModelException;

/**
 * What is proved for every text of a model's word pieces, positions and token types: the largest
 * absolute value of each quantity, as exact reals, rounded outwards.
 *
 * @param pieces word pieces that were looked at
 * @param rows positions and token types that were looked at with each piece
 * @param preActivation of h
 * @param weight of e², before it is divided by the number of tokens; 1 where nothing is weighed
 * @param value of G, what a token adds to an output for one head before it is weighed
 * @param output of an output: a logit, the value, or of two classes the difference of the logits
 */
public record Certificate(
    int pieces, int rows, double preActivation, double weight, double value, double output) {

  /**
   * @throws ModelException of kind VALUE if a bound is not finite and positive
   */
  public Certificate {
    for (double bound : new double[] {preActivation, weight, value, output}) {
      if (!(bound > 0 && bound < Double.POSITIVE_INFINITY)) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            "a certificate with a bound of " + bound + ": expected finite, positive numbers");
      }
    }
  }
}
