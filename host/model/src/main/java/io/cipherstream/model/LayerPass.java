package io.cipherstream.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The forward pass of one encoder layer. */
final class LayerPass {

  private final int layer;
  private final ModelShape shape;
  private final LayerWeights weights;
  private final @Nullable PositionBias bias;
  private final PlaintextTransformer.Reciprocal reciprocal;
  private final ForwardObserver observer;

  LayerPass(
      int layer,
      ModelShape shape,
      LayerWeights weights,
      @Nullable PositionBias bias,
      PlaintextTransformer.Reciprocal reciprocal,
      ForwardObserver observer) {
    this.layer = layer;
    this.shape = shape;
    this.weights = weights;
    this.bias = bias;
    this.reciprocal = reciprocal;
    this.observer = observer;
  }

  /**
   * The layer's output before the last norm's affine part; that part is {@link #affine}.
   *
   * @param x rows of one text or of several, one after another: one pass over the weights for all
   * @param ends for each text the row after its last one
   */
  double[][] run(double[][] x, int[] ends) {
    double[][] attended = attention(x, ends);
    double[][] sum1 = MatrixProduct.dense(attended, weights.attentionOutput());
    add(sum1, x);
    observer.see(layer, ForwardObserver.Tensor.PRE_NORM_1, sum1);
    double[][] x1 = normalised(sum1);
    for (double[] row : x1) {
      weights.attentionNorm().affine(row);
    }
    double[][] hidden = MatrixProduct.dense(x1, weights.intermediate());
    observer.see(layer, ForwardObserver.Tensor.PRE_ACTIVATION, hidden);
    double[][] active = new double[hidden.length][];
    for (int t = 0; t < hidden.length; t++) {
      active[t] = hidden[t].clone();
      for (int j = 0; j < active[t].length; j++) {
        active[t][j] = shape.activation().apply(active[t][j]);
      }
    }
    observer.see(layer, ForwardObserver.Tensor.ACTIVATION, active);
    double[][] sum2 = MatrixProduct.dense(active, weights.output());
    add(sum2, x1);
    observer.see(layer, ForwardObserver.Tensor.PRE_NORM_2, sum2);
    return normalised(sum2);
  }

  /** A copy with γ and β of the layer's last norm applied. */
  double[][] affine(double[][] bare) {
    double[][] out = new double[bare.length][];
    for (int t = 0; t < bare.length; t++) {
      out[t] = bare[t].clone();
      weights.outputNorm().affine(out[t]);
    }
    return out;
  }

  private double[][] normalised(double[][] rows) {
    double[][] out = new double[rows.length][];
    for (int t = 0; t < rows.length; t++) {
      out[t] = rows[t].clone();
      if (shape.norm() == NormKind.FULL) {
        NormLayer.normalise(out[t], shape.layerNormEpsilon());
      }
    }
    return out;
  }

  private double[][] attention(double[][] x, int[] ends) {
    double[][] q = MatrixProduct.dense(x, weights.query());
    double[][] k = MatrixProduct.dense(x, weights.key());
    double[][] v = MatrixProduct.dense(x, weights.value());
    observer.see(layer, ForwardObserver.Tensor.QUERY, q);
    observer.see(layer, ForwardObserver.Tensor.KEY, k);
    observer.see(layer, ForwardObserver.Tensor.VALUE, v);
    double[][] out = new double[x.length][];
    int from = 0;
    for (int end : ends) {
      double[][] text =
          attention(
              Arrays.copyOfRange(q, from, end),
              Arrays.copyOfRange(k, from, end),
              Arrays.copyOfRange(v, from, end));
      System.arraycopy(text, 0, out, from, text.length);
      from = end;
    }
    observer.see(layer, ForwardObserver.Tensor.ATTENTION, out);
    return out;
  }

  private double[][] attention(double[][] q, double[][] k, double[][] v) {
    double[][] scores = HeadScores.of(q, k, shape.heads(), 1 / Math.sqrt(shape.headWidth()));
    if (bias != null) {
      bias.addTo(scores);
    }
    observer.see(layer, ForwardObserver.Tensor.SCORE, scores);
    double[][] p = weights(scores);
    observer.see(layer, ForwardObserver.Tensor.ATTENTION_WEIGHT, p);
    return HeadScores.weighted(p, v, shape.heads());
  }

  private double[][] weights(double[][] scores) {
    AttentionKernel kernel = AttentionKernel.of(shape.attention(), weights, reciprocal);
    double[][] out = new double[scores.length][];
    double[][] sums = new double[scores.length][1];
    for (int r = 0; r < scores.length; r++) {
      out[r] = scores[r].clone();
      sums[r][0] = kernel.apply(out[r]);
    }
    if (shape.attention() == AttentionKind.THEX) {
      observer.see(layer, ForwardObserver.Tensor.ROW_SUM, sums);
    }
    return out;
  }

  private static void add(double[][] to, double[][] from) {
    for (int t = 0; t < to.length; t++) {
      for (int j = 0; j < to[t].length; j++) {
        to[t][j] += from[t][j];
      }
    }
  }
}
