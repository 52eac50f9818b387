package io.cipherstream.model.sealed;

/** Sees what a {@link SealedPass} computes of one text. */
@FunctionalInterface
public interface QuantityObserver {

  /**
   * @param layer index of the layer; the number of layers for {@link Quantity#LOGIT}
   * @param values rows of real tokens, or of weights; not to be changed or kept
   */
  void see(int layer, Quantity quantity, double[][] values);
}
