package io.cipherstream.network;

/**
 * A layer of a Kolmogorov–Arnold network: output j is Σᵢ f_ji(xᵢ) + biasⱼ, with f_ji(x) =
 * base_ji·SiLU(x) + Σ_c spline_jic·B_ic(x).
 *
 * @param splines B_i of each input
 * @param base [output][input]
 * @param spline [output][input][spline]
 * @param bias one number an output
 */
record KanLayer(SplineBasis[] splines, double[][] base, double[][][] spline, double[] bias) {

  int inputs() {
    return splines.length;
  }

  int outputs() {
    return base.length;
  }

  /** f_ji(x), at any x. */
  double edge(int output, int input, double x) {
    double[] values = splines[input].values(x);
    double sum = base[output][input] * Silu.of(x);
    for (int c = 0; c < values.length; c++) {
      sum += spline[output][input][c] * values[c];
    }
    return sum;
  }

  /** All outputs, as the network itself has them. */
  double[] outputs(double[] x) {
    double[] sums = bias.clone();
    for (int i = 0; i < x.length; i++) {
      double[] values = splines[i].values(x[i]);
      double smooth = Silu.of(x[i]);
      for (int j = 0; j < sums.length; j++) {
        sums[j] += base[j][i] * smooth;
        for (int c = 0; c < values.length; c++) {
          sums[j] += spline[j][i][c] * values[c];
        }
      }
    }
    return sums;
  }
}
