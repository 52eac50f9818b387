package io.cipherstream.model.sealed;

/** What a feed-forward network computes of its pre-activations h before its second matrix. */
public sealed interface HiddenFunctions permits NeuronQuadratics, EdgeFeatures {

  /** Numbers that come of h, of so many neurons. */
  int count(int neurons);

  /** Those of h; the second matrix has a column for each. */
  double[] of(double[] h);
}
