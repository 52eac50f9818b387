package io.cipherstream.model;

import java.util.stream.IntStream;

/** The two products of attention in float64, head by head; heads are computed side by side. */
final class HeadScores {

  private HeadScores() {}

  /**
   * scale·q_i·k_t for each head h, query i and key t.
   *
   * @return [heads·tokens][tokens], row h·tokens + i
   */
  static double[][] of(double[][] q, double[][] k, int heads, double scale) {
    int tokens = q.length;
    int d = q[0].length / heads;
    double[][] scores = new double[heads * tokens][tokens];
    IntStream.range(0, heads)
        .parallel()
        .forEach(
            h -> {
              for (int i = 0; i < tokens; i++) {
                double[] query = q[i];
                double[] row = scores[h * tokens + i];
                for (int t = 0; t < tokens; t++) {
                  double[] key = k[t];
                  double s = 0;
                  for (int j = h * d; j < (h + 1) * d; j++) {
                    s += query[j] * key[j];
                  }
                  row[t] = s * scale;
                }
              }
            });
    return scores;
  }

  /**
   * Σₜ p_it·v_t for each head.
   *
   * @param p [heads·tokens][tokens] as {@link #of} orders them
   * @return [tokens][width]
   */
  static double[][] weighted(double[][] p, double[][] v, int heads) {
    int tokens = v.length;
    int d = v[0].length / heads;
    double[][] out = new double[tokens][v[0].length];
    IntStream.range(0, heads)
        .parallel()
        .forEach(
            h -> {
              for (int i = 0; i < tokens; i++) {
                double[] row = out[i];
                double[] weight = p[h * tokens + i];
                for (int t = 0; t < tokens; t++) {
                  double w = weight[t];
                  double[] value = v[t];
                  for (int j = h * d; j < (h + 1) * d; j++) {
                    row[j] += w * value[j];
                  }
                }
              }
            });
    return out;
  }
}
