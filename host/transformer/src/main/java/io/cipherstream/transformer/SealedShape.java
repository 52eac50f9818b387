package io.cipherstream.transformer;

import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedEncoder;

/**
 * The sizes of a CQ's encrypted program.
 *
 * @param neurons of the first layer's feed-forward network
 * @param heads of the pooling attention
 * @param outputs one logit a class or one value; of two classes the difference of their logits
 */
record SealedShape(int neurons, int heads, int outputs) {

  static SealedShape of(ModelShape shape) {
    return new SealedShape(
        shape.ffnWidth(), shape.heads(), MergedEncoder.differs(shape) ? 1 : shape.outputs());
  }

  /** Ciphertexts of h with F neurons each. */
  int blocks(int features) {
    return (neurons + features - 1) / features;
  }

  /** Results of level 1. */
  int pieces(int features) {
    return blocks(features) + heads;
  }

  /** Rows of values: for each output one a head and one of [CLS]. */
  int values() {
    return outputs * (heads + 1);
  }

  /** As {@link MergedEncoder#row}. */
  int row(int output, int head) {
    return output * (heads + 1) + head;
  }
}
