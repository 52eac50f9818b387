package io.cipherstream.model.sealed;

import io.cipherstream.model.ModelException;

/** What a feed-forward network computes of its pre-activations h before its second matrix. */
public sealed interface HiddenFunctions permits NeuronQuadratics, EdgeFeatures {

  /**
   * Numbers that come of h, of so many neurons.
   *
   * @throws ModelException of kind SHAPE if the functions are those of another number of neurons
   */
  int count(int neurons);

  /** Those of h; the second matrix has a column for each. */
  double[] of(double[] h);
}
