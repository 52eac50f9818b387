package io.cipherstream.transformer;

import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.MergedEncoder;

/**
 * The sizes of the encrypted program of a CQ or CT. All heads' scores share one ciphertext: of a
 * token's F positions each head has as many.
 *
 * @param neurons of the first layer's feed-forward network
 * @param heads of the pooling attention; 0 of a CT, which has none
 * @param outputs one logit a class or one value; of two classes the difference of their logits
 */
record SealedShape(int neurons, int heads, int outputs) {

  private static final int SHARED_OUTPUTS_MAX = 8;

  static SealedShape of(ModelShape shape) {
    return new SealedShape(
        shape.ffnWidth(),
        shape.pooling() == Pooling.NONE ? 0 : shape.heads(),
        MergedEncoder.differs(shape) ? 1 : shape.outputs());
  }

  /** Ciphertexts of h with F neurons each. */
  int blocks(int features) {
    return (neurons + features - 1) / features;
  }

  /** Places for heads among F positions: the power of two that holds them. */
  private int places() {
    return Integer.highestOneBit(2 * heads - 1);
  }

  /**
   * Texts that share a chunk. With many outputs their own sums would cost more than what is shared.
   */
  int places(SealedLayout layout) {
    return outputs <= SHARED_OUTPUTS_MAX && heads > 0 ? layout.places() : 1;
  }

  /** Positions that belong to one head. */
  int positions(int features) {
    return features / places();
  }

  /** Rotations by whole heads that bring every position to every head, both ways and none. */
  int turns() {
    return 2 * places() - 1;
  }

  /** By how many heads the index-th turn rotates, from −({@link #places} − 1) on. */
  int turn(int index) {
    return index - (places() - 1);
  }

  /** Rows of values of the merged form: per output one per head and one for [CLS]. */
  int values() {
    return outputs * (heads + 1);
  }

  /** As {@link MergedEncoder#row}. */
  int row(int output, int head) {
    return output * (heads + 1) + head;
  }
}
