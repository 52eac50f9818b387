package io.cipherstream.network;

import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.ProductBasis;

/**
 * Sizes of a layer: for each output a polynomial of each input, summed.
 *
 * @param degree of the polynomials; 1 for a matrix alone
 * @param inputs numbers that come in
 * @param outputs numbers that go out
 */
record LayerShape(int degree, int inputs, int outputs) {

  static final int DEGREE_MAX = 32;
  static final int WIDTH_MAX = 4096;

  LayerShape {
    if (degree < 1
        || degree > DEGREE_MAX
        || inputs < 1
        || outputs < 1
        || outputs > WIDTH_MAX
        || inputs > 16 * WIDTH_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a layer of degree "
              + degree
              + " from "
              + inputs
              + " to "
              + outputs
              + " numbers: expected a degree of 1 to "
              + DEGREE_MAX
              + " and at most "
              + WIDTH_MAX
              + " numbers");
    }
  }

  /** Levels that it takes: those of the polynomials, and one for the matrix. */
  int levels() {
    return ProductBasis.depth(degree) + 1;
  }
}
