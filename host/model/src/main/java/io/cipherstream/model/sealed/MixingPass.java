package io.cipherstream.model.sealed;

import io.cipherstream.model.ModelShape;

/** The z of one layer in float64. */
final class MixingPass {

  private final int layer;
  private final boolean last;
  private final ModelShape shape;
  private final QuantityObserver observer;

  /**
   * @param last whether only row 0 is wanted
   */
  MixingPass(int layer, boolean last, ModelShape shape, QuantityObserver observer) {
    this.layer = layer;
    this.last = last;
    this.shape = shape;
    this.observer = observer;
  }

  /**
   * z, one row a token, or row 0 alone.
   *
   * @param x the layer's input
   * @param source what scores are taken from: the input, or the state linear in the embedded text
   */
  double[][] of(Mixing mixing, double[][] x, double[][] source) {
    if (mixing instanceof WindowMixing window) {
      return window(window, x);
    }
    if (mixing instanceof PooledAttention pooled) {
      return pooled(pooled, x, source);
    }
    return attention((SelfAttention) mixing, x, source);
  }

  private static double[][] window(WindowMixing window, double[][] x) {
    double[] mean = window.mean().apply(SealedPass.mean(x));
    double[][] z = new double[x.length][];
    for (int t = 0; t < z.length; t++) {
      z[t] = mean.clone();
    }
    for (int o = 0; o < WindowMixing.OFFSETS; o++) {
      double[][] part = window.offsets().get(o).apply(SealedPass.moved(x, o - WindowMixing.REACH));
      for (int t = 0; t < z.length; t++) {
        for (int j = 0; j < z[t].length; j++) {
          z[t][j] += part[t][j];
        }
      }
    }
    return z;
  }

  private double[][] pooled(PooledAttention pooled, double[][] x, double[][] source) {
    double[][] rows = pooled.score().apply(source);
    double[][] e = new double[shape.heads()][rows.length];
    for (int h = 0; h < e.length; h++) {
      for (int t = 0; t < rows.length; t++) {
        e[h][t] = rows[t][h];
      }
    }
    return pooled.output().apply(weighed(e, pooled.value().apply(x)));
  }

  private double[][] attention(SelfAttention attention, double[][] x, double[][] source) {
    double[][] q = attention.query().apply(last ? SealedPass.first(source) : source);
    double[][] k = attention.key().apply(source);
    observer.see(layer, Quantity.QUERY, q);
    observer.see(layer, Quantity.KEY, k);
    int d = shape.headWidth();
    double[][] e = new double[shape.heads() * q.length][k.length];
    for (int h = 0; h < shape.heads(); h++) {
      for (int i = 0; i < q.length; i++) {
        for (int t = 0; t < k.length; t++) {
          double s = 0;
          for (int j = h * d; j < (h + 1) * d; j++) {
            s += q[i][j] * k[t][j];
          }
          e[h * q.length + i][t] =
              attention.scale()[h] * (s / Math.sqrt(d)) + attention.offset()[h];
        }
      }
    }
    return attention.output().apply(weighed(e, attention.value().apply(x)));
  }

  /** Σ_t e²·v_t/n, head by head: e [heads · rows][tokens], rows of one head together. */
  private double[][] weighed(double[][] e, double[][] v) {
    observer.see(layer, Quantity.VALUE, v);
    observer.see(layer, Quantity.SCORE, e);
    double[][] p = new double[e.length][v.length];
    int rows = e.length / shape.heads();
    int d = shape.headWidth();
    double[][] z = new double[rows][shape.width()];
    for (int r = 0; r < e.length; r++) {
      int from = r / rows * d;
      for (int t = 0; t < v.length; t++) {
        p[r][t] = e[r][t] * e[r][t];
        double weight = p[r][t] / v.length;
        for (int j = from; j < from + d; j++) {
          z[r % rows][j] += weight * v[t][j];
        }
      }
    }
    observer.see(layer, Quantity.WEIGHT, p);
    return z;
  }
}
