package io.cipherstream.network;

/**
 * y = matrix·x + bias: what one or more linear layers compute.
 *
 * @param matrix [output][input]
 * @param bias one number an output
 */
record AffineMap(double[][] matrix, double[] bias) {

  /** x itself. */
  static AffineMap identity(int count) {
    double[][] matrix = new double[count][count];
    for (int i = 0; i < count; i++) {
      matrix[i][i] = 1;
    }
    return new AffineMap(matrix, new double[count]);
  }

  int inputs() {
    return matrix[0].length;
  }

  int outputs() {
    return matrix.length;
  }

  double[] apply(double[] x) {
    double[] y = bias.clone();
    for (int j = 0; j < y.length; j++) {
      for (int i = 0; i < x.length; i++) {
        y[j] += matrix[j][i] * x[i];
      }
    }
    return y;
  }

  /** next ∘ this. */
  AffineMap then(AffineMap next) {
    double[][] product = new double[next.outputs()][inputs()];
    for (int j = 0; j < product.length; j++) {
      for (int k = 0; k < outputs(); k++) {
        double factor = next.matrix[j][k];
        for (int i = 0; factor != 0 && i < inputs(); i++) {
          product[j][i] += factor * matrix[k][i];
        }
      }
    }
    return new AffineMap(product, next.apply(bias));
  }
}
