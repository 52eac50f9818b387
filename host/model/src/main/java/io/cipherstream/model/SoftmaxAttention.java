package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * Attention of one text in float64: out_i = Σₜ p_it·v_t with p_i the softmax of the scores s_it =
 * q_i·k_t, perhaps with a bias by position, head by head. Stateless.
 */
public final class SoftmaxAttention {

  private SoftmaxAttention() {}

  /**
   * The heads' weighted values side by side.
   *
   * @param q queries [tokens][width], already divided by √(width / heads)
   * @param k keys [tokens][width]
   * @param v values [tokens][width]
   * @param heads divides the width
   * @param bias added to the scores; null where the model has none
   * @return [tokens][width]; the rows given stay unchanged
   */
  public static double[][] of(
      double[][] q, double[][] k, double[][] v, int heads, @Nullable PositionBias bias) {
    double[][] weights = HeadScores.of(q, k, heads, 1);
    if (bias != null) {
      bias.addTo(weights);
    }
    for (double[] row : weights) {
      AttentionKernel.softmax(row);
    }
    return HeadScores.weighted(weights, v, heads);
  }
}
