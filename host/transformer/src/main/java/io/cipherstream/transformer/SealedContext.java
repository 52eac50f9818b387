package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;

/** What one sealed model and number of chunks is computed with; known to both sides. */
record SealedContext(
    ModelShape shape, SealedShape sizes, SealedLayout layout, SealedScales scales, int chunks) {

  /**
   * @throws IllegalArgumentException if the parameter set has other than four levels, or its ring
   *     is too small for the width
   */
  static SealedContext of(ModelShape shape, CkksParameters parameters, int chunks) {
    return new SealedContext(
        shape,
        SealedShape.of(shape),
        SealedLayout.of(shape.width(), parameters),
        new SealedScales(parameters),
        chunks);
  }

  CkksParameters parameters() {
    return scales.parameters();
  }

  /** Most tokens of a text. */
  int tokens() {
    return layout.tokensMax(chunks);
  }
}
