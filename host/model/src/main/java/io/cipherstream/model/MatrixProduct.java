package io.cipherstream.model;

/**
 * Float64 products of token rows with single-precision weights. A block of weight rows is turned
 * round once, so that the inner loop runs over outputs and the compiler can use vector registers.
 */
final class MatrixProduct {

  /** Outputs of a block. */
  private static final int BLOCK = 64;

  private MatrixProduct() {}

  /** y[t] = W·x[t] + b for every token row t. */
  static double[][] dense(double[][] x, DenseLayer layer) {
    int inputs = layer.inputs();
    if (x.length > 0 && x[0].length != inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "row of " + x[0].length + " values: the layer takes " + inputs);
    }
    double[][] y = new double[x.length][layer.outputs()];
    double[] tile = new double[(inputs + 3) / 4 * 4 * BLOCK];
    double[] padded = new double[(inputs + 3) / 4 * 4];
    double[] sums = new double[BLOCK];
    for (int o = 0; o < layer.outputs(); o += BLOCK) {
      int width = Math.min(BLOCK, layer.outputs() - o);
      turn(layer, o, width, tile);
      for (int t = 0; t < x.length; t++) {
        System.arraycopy(x[t], 0, padded, 0, inputs);
        for (int b = 0; b < width; b++) {
          sums[b] = layer.bias(o + b);
        }
        accumulate(padded, tile, sums);
        System.arraycopy(sums, 0, y[t], o, width);
      }
    }
    return y;
  }

  /** tile[i][b] = W[o + b][i]; rows past the inputs and columns past width stay as they are. */
  private static void turn(DenseLayer layer, int o, int width, double[] tile) {
    float[] weight = layer.weight();
    int inputs = layer.inputs();
    for (int b = 0; b < width; b++) {
      int base = (o + b) * inputs;
      for (int i = 0; i < inputs; i++) {
        tile[i * BLOCK + b] = weight[base + i];
      }
    }
  }

  /** sums[b] += Σᵢ x[i] · tile[i][b], four inputs a pass. */
  private static void accumulate(double[] x, double[] tile, double[] sums) {
    for (int i = 0; i < x.length; i += 4) {
      double x0 = x[i];
      double x1 = x[i + 1];
      double x2 = x[i + 2];
      double x3 = x[i + 3];
      int at = i * BLOCK;
      for (int b = 0; b < BLOCK; b++) {
        sums[b] +=
            x0 * tile[at + b]
                + x1 * tile[at + BLOCK + b]
                + x2 * tile[at + 2 * BLOCK + b]
                + x3 * tile[at + 3 * BLOCK + b];
      }
    }
  }
}
