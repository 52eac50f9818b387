package io.cipherstream.model;

/** Float64 products of token rows with single-precision weights, blocked for the cache. */
final class MatrixProduct {

  /** Token rows that share one pass over a weight row. */
  private static final int ROWS = 4;

  private MatrixProduct() {}

  /** y[t] = W·x[t] + b for every token row t. */
  static double[][] dense(double[][] x, DenseLayer layer) {
    int tokens = x.length;
    int inputs = layer.inputs();
    int outputs = layer.outputs();
    if (tokens > 0 && x[0].length != inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "row of " + x[0].length + " values: the layer takes " + inputs);
    }
    double[][] y = new double[tokens][outputs];
    float[] weight = layer.weight();
    double[] w = new double[inputs];
    for (int o = 0; o < outputs; o++) {
      int base = o * inputs;
      for (int i = 0; i < inputs; i++) {
        w[i] = weight[base + i];
      }
      double b = layer.bias(o);
      int t = 0;
      for (; t + ROWS <= tokens; t += ROWS) {
        four(x, y, t, o, w, b);
      }
      for (; t < tokens; t++) {
        y[t][o] = dot(x[t], w) + b;
      }
    }
    return y;
  }

  private static void four(double[][] x, double[][] y, int t, int o, double[] w, double b) {
    double[] x0 = x[t];
    double[] x1 = x[t + 1];
    double[] x2 = x[t + 2];
    double[] x3 = x[t + 3];
    double s0 = b;
    double s1 = b;
    double s2 = b;
    double s3 = b;
    for (int i = 0; i < w.length; i++) {
      double v = w[i];
      s0 += v * x0[i];
      s1 += v * x1[i];
      s2 += v * x2[i];
      s3 += v * x3[i];
    }
    y[t][o] = s0;
    y[t + 1][o] = s1;
    y[t + 2][o] = s2;
    y[t + 3][o] = s3;
  }

  private static double dot(double[] a, double[] b) {
    double s = 0;
    for (int i = 0; i < b.length; i++) {
      s += a[i] * b[i];
    }
    return s;
  }
}
