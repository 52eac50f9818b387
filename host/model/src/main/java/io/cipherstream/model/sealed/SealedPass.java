package io.cipherstream.model.sealed;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.NormLayer;
import java.util.Arrays;

/**
 * The float64 forward pass of a polynomial encoder over the rows of real tokens: what every
 * encrypted result is compared with. Thread-safe.
 */
public final class SealedPass {

  private static final QuantityObserver BLIND = (layer, quantity, values) -> {};

  private final SealedEncoder encoder;

  public SealedPass(SealedEncoder encoder) {
    this.encoder = encoder;
  }

  /** The outputs for word pieces with [CLS] and [SEP], without padding, all in segment 0. */
  public double[] run(EmbeddingTable embeddings, int[] ids) {
    return run(embeddings.embed(ids));
  }

  /** As {@link #run(double[][], QuantityObserver)}, unobserved. */
  public double[] run(double[][] embedded) {
    return run(embedded, BLIND);
  }

  /** The first row of {@link #rows(double[][], QuantityObserver)}: the answer to a text. */
  public double[] run(double[][] embedded, QuantityObserver observer) {
    return rows(embedded, observer)[0];
  }

  /** As {@link #rows(double[][], QuantityObserver)}, unobserved. */
  public double[][] rows(double[][] embedded) {
    return rows(embedded, BLIND);
  }

  /**
   * One logit a class, or the value, of the text or of every token.
   *
   * @param embedded [tokens][width], the client's rows; unchanged
   * @return one row, or without pooling one a token
   * @throws ModelException of kind TEXT_EMPTY without rows, SHAPE for rows of another width
   */
  public double[][] rows(double[][] embedded, QuantityObserver observer) {
    if (embedded.length == 0) {
      throw new ModelException(ModelException.Kind.TEXT_EMPTY, "no rows: expected at least 1");
    }
    double[][] x = embedded;
    double[][] linear = embedded;
    for (int i = 0; i < encoder.layers().size(); i++) {
      boolean last = i == SealedEncoder.LAYERS - 1;
      SealedLayer layer = encoder.layers().get(i);
      double[][] source = encoder.spec().letter(i) == LayerLetter.A ? x : linear;
      double[][] z =
          new MixingPass(i, last, encoder.shape(), observer).of(layer.mixing(), x, source);
      double[][] y = affine(sum(last ? first(x) : x, z), layer.norm());
      observer.see(i, Quantity.MIXED, z);
      observer.see(i, Quantity.RESIDUAL, y);
      if (layer.mixing() instanceof WindowMixing) {
        linear = y;
      }
      FeedForward network = layer.feedForward();
      x = network == null ? y : feedForward(i, network, y, observer);
      observer.see(i, Quantity.OUTPUT, x);
    }
    double[][] logits = encoder.classifier().apply(x);
    observer.see(SealedEncoder.LAYERS, Quantity.LOGIT, logits);
    return logits;
  }

  private static double[][] feedForward(
      int layer, FeedForward network, double[][] y, QuantityObserver observer) {
    double[][] h = network.intermediate().apply(y);
    double[][] g = new double[h.length][];
    for (int t = 0; t < h.length; t++) {
      g[t] = network.functions().of(h[t]);
    }
    double[][] f = network.output().apply(g);
    observer.see(layer, Quantity.PRE_ACTIVATION, h);
    if (network.functions() instanceof EdgeFeatures edges && edges.hasMiddle()) {
      observer.see(
          layer,
          Quantity.MIDDLE_FEATURE,
          Arrays.stream(g).map(edges::middle).toArray(double[][]::new));
    }
    observer.see(layer, Quantity.ACTIVATION, g);
    observer.see(layer, Quantity.FEED_FORWARD, f);
    return affine(sum(y, f), network.norm());
  }

  static double[][] first(double[][] rows) {
    return new double[][] {rows[0]};
  }

  private static double[][] affine(double[][] rows, NormLayer norm) {
    for (double[] row : rows) {
      norm.affine(row);
    }
    return rows;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] out = new double[a.length][];
    for (int t = 0; t < a.length; t++) {
      out[t] = a[t].clone();
      for (int j = 0; j < out[t].length; j++) {
        out[t][j] += b[t][j];
      }
    }
    return out;
  }

  /** The mean of rows. */
  static double[] mean(double[][] rows) {
    double[] out = new double[rows[0].length];
    for (double[] row : rows) {
      for (int j = 0; j < out.length; j++) {
        out[j] += row[j] / rows.length;
      }
    }
    return out;
  }

  /** The rows moved by an offset: row t is row t + offset, 0 where there is none. */
  static double[][] moved(double[][] rows, int offset) {
    double[][] out = new double[rows.length][rows[0].length];
    for (int t = Math.max(0, -offset); t < Math.min(rows.length, rows.length - offset); t++) {
      out[t] = rows[t + offset];
    }
    return out;
  }
}
