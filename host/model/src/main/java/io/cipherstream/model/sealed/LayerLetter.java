package io.cipherstream.model.sealed;

/** How a layer of a polynomial encoder mixes its tokens; the letters of a {@link SealedSpec}. */
public enum LayerLetter {
  /** Self-attention with the weights (a·s + b)²/n; queries and keys from the layer's input. */
  A,
  /**
   * As A, with queries and keys from the last state that is linear in the embedded text, so that
   * scores are computed beside the first layer's square.
   */
  S,
  /** A window: x_t plus linear maps of the seven tokens around t and of the mean of all. */
  C,
  /** Pooling attention: the weight (c·x + d)²/n of a token, its score from the linear state. */
  P,
  /** As P, without the feed-forward network after it. */
  Q,
  /** No second layer: the classifier reads every token's row, for a label of each word. */
  T;

  /** Whether the layer has queries, keys and values. */
  public boolean attends() {
    return this == A || this == S;
  }

  /** Whether the layer weighs tokens by one constant query a head. */
  public boolean pools() {
    return this == P || this == Q;
  }
}
