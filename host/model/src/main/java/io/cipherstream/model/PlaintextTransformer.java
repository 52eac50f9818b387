package io.cipherstream.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The exact float64 forward pass, the plaintext counterpart of every encrypted mode. Thread-safe.
 */
public final class PlaintextTransformer {

  /** What stands for 1/Σe in THE-X attention. */
  public enum Reciprocal {
    /** The model's own T: the counterpart of mode {@code paper}. */
    HINGES,
    /** 1/s exactly, 0 for s = 0: the counterpart of mode {@code compact}. */
    EXACT
  }

  private static final ForwardObserver BLIND = (layer, tensor, values) -> {};

  private final EncoderWeights weights;
  private final EmbeddingTable embeddings;
  private final Reciprocal reciprocal;

  /** The model as it was trained. */
  public PlaintextTransformer(EncoderWeights weights, EmbeddingTable embeddings) {
    this(weights, embeddings, Reciprocal.HINGES);
  }

  /**
   * @param reciprocal matters for attention THEX only
   * @throws ModelException of kind SHAPE if the halves do not fit each other
   */
  public PlaintextTransformer(
      EncoderWeights weights, EmbeddingTable embeddings, Reciprocal reciprocal) {
    embeddings.checkFits(weights.shape());
    this.weights = weights;
    this.embeddings = embeddings;
    this.reciprocal = reciprocal;
  }

  /**
   * Logits, the value, or the pooled embedding scaled to length 1, all tokens in segment 0.
   *
   * @param ids word pieces with [CLS] and [SEP], without padding
   * @throws ModelException of kind TEXT_EMPTY, TEXT_TOO_LONG or TOKENIZER as {@link
   *     EmbeddingTable#embed}; UNSUPPORTED for a model without pooling, which has {@link #runRows}
   */
  public double[] run(int[] ids) {
    return run(ids, BLIND);
  }

  /** As {@link #run(int[])}, showing every intermediate tensor. */
  public double[] run(int[] ids, ForwardObserver observer) {
    return run(embeddings.embed(ids), observer);
  }

  /** As {@link #run(int[])} with a segment for each token, showing every intermediate tensor. */
  public double[] run(int[] ids, int[] segments, ForwardObserver observer) {
    return run(embeddings.embed(ids, segments), observer);
  }

  /** As {@link #run(int[])} from embedded tokens [tokens][width], which stay unchanged. */
  public double[] run(double[][] embedded, ForwardObserver observer) {
    if (weights.shape().pooling() == Pooling.NONE) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "a model without pooling gives one row a token: ask for rows");
    }
    return runRows(embedded, observer)[0];
  }

  /**
   * The output rows [{@link ModelShape#outputRows}][{@link ModelShape#outputs}]: one, or without
   * pooling one a token, [CLS] and [SEP] included.
   *
   * @throws ModelException as {@link EmbeddingTable#embed(int[], int[])}
   */
  public double[][] runRows(int[] ids, int[] segments) {
    return runRows(ids, segments, BLIND);
  }

  /** As {@link #runRows(int[], int[])}, showing every intermediate tensor. */
  public double[][] runRows(int[] ids, int[] segments, ForwardObserver observer) {
    return runRows(embeddings.embed(ids, segments), observer);
  }

  /** As {@link #runRows(int[], int[])} from embedded tokens, which stay unchanged. */
  public double[][] runRows(double[][] embedded, ForwardObserver observer) {
    return headed(hidden(embedded, new int[] {embedded.length}, observer), observer);
  }

  /** Shows the tensors of several texts, layer by layer for all of them at once. */
  void observe(List<double[][]> texts, ForwardObserver observer) {
    double[][] joined = texts.stream().flatMap(Arrays::stream).toArray(double[][]::new);
    int[] ends = new int[texts.size()];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += texts.get(i).length;
      ends[i] = end;
    }
    double[][] x = hidden(joined, ends, observer);
    int from = 0;
    for (int to : ends) {
      headed(Arrays.copyOfRange(x, from, to), observer);
      from = to;
    }
  }

  private double[][] headed(double[][] x, ForwardObserver observer) {
    ModelShape shape = weights.shape();
    double[][] rows =
        shape.pooling() == Pooling.NONE ? x : new double[][] {pool(x, shape.pooling())};
    DenseLayer pooler = weights.pooler();
    if (pooler != null) {
      rows = MatrixProduct.dense(rows, pooler);
      for (double[] row : rows) {
        for (int j = 0; j < row.length; j++) {
          row[j] = shape.pooler().apply(row[j]);
        }
      }
    }
    return head(rows, weights.classifier(), observer);
  }

  /** The rows after the last layer, before pooling and head, [tokens][width]. */
  double[][] hidden(double[][] embedded) {
    return hidden(embedded, new int[] {embedded.length}, BLIND);
  }

  private double[][] hidden(double[][] embedded, int[] ends, ForwardObserver observer) {
    ModelShape shape = weights.shape();
    double[][] x = embedded;
    double[][] bare = embedded;
    for (int i = 0; i < shape.layers(); i++) {
      observer.see(i, ForwardObserver.Tensor.INPUT, bare);
      LayerPass pass =
          new LayerPass(
              i, shape, weights.layers().get(i), embeddings.positionBias(), reciprocal, observer);
      bare = pass.run(x, ends);
      x = pass.affine(bare);
    }
    return x;
  }

  private double[][] head(
      double[][] rows, @Nullable DenseLayer classifier, ForwardObserver observer) {
    double[][] output = classifier == null ? rows : MatrixProduct.dense(rows, classifier);
    observer.see(weights.shape().layers(), ForwardObserver.Tensor.OUTPUT, output);
    return finished(weights.shape(), output);
  }

  /** Output rows from what the last matrix gives: an embedding's function and its length of 1. */
  public static double[][] finished(ModelShape shape, double[][] rows) {
    DenseOutput dense = shape.dense();
    double[][] out =
        dense == null ? rows : Arrays.stream(rows).map(dense::apply).toArray(double[][]::new);
    return shape.head() == Head.EMBEDDING
        ? Arrays.stream(out).map(PlaintextTransformer::unit).toArray(double[][]::new)
        : out;
  }

  /** One row from the token rows, by CLS or MEAN. */
  public static double[] pool(double[][] rows, Pooling pooling) {
    if (pooling == Pooling.CLS) {
      return rows[0].clone();
    }
    if (pooling == Pooling.NONE) {
      throw new IllegalArgumentException("no pooling: there is no one row");
    }
    double[] mean = new double[rows[0].length];
    for (double[] row : rows) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j];
      }
    }
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= rows.length;
    }
    return mean;
  }

  /** row / |row|₂; a zero row stays zero. */
  public static double[] unit(double[] row) {
    double square = 0;
    for (double v : row) {
      square += v * v;
    }
    double inverse = square == 0 ? 0 : 1 / Math.sqrt(square);
    double[] out = new double[row.length];
    for (int j = 0; j < row.length; j++) {
      out[j] = row[j] * inverse;
    }
    return out;
  }
}
