package io.cipherstream.model.sealed;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.TokenSequence;
import java.util.List;

/**
 * What the plaintext pass computes on some texts: largest values, and how large they mostly are.
 */
public final class RangeSurvey {

  private static final int QUANTITIES = Quantity.values().length;

  private final double[][] largest = table();
  private final double[][] squares = table();
  private final double[][] counts = table();
  private final double[][] meanSquares = table();

  private static double[][] table() {
    return new double[SealedEncoder.LAYERS + 1][QUANTITIES];
  }

  private RangeSurvey() {}

  /** Looks at every text, on all processors. */
  public static RangeSurvey of(
      SealedEncoder encoder, EmbeddingTable embeddings, List<TokenSequence> texts) {
    SealedPass pass = new SealedPass(encoder);
    RangeSurvey survey = new RangeSurvey();
    texts.parallelStream()
        .forEach(text -> pass.rows(embeddings.embed(text.ids(), text.segments()), survey::see));
    return survey;
  }

  /** One text alone. */
  public static RangeSurvey of(SealedEncoder encoder, double[][] embedded) {
    RangeSurvey survey = new RangeSurvey();
    new SealedPass(encoder).rows(embedded, survey::see);
    return survey;
  }

  private void see(int layer, Quantity quantity, double[][] values) {
    double most = 0;
    double sum = 0;
    int count = 0;
    for (double[] row : values) {
      for (double v : row) {
        most = Math.max(most, Math.abs(v));
        sum += v * v;
      }
      count += row.length;
    }
    synchronized (this) {
      int q = quantity.ordinal();
      largest[layer][q] = Math.max(largest[layer][q], most);
      squares[layer][q] += sum;
      counts[layer][q] += count;
      meanSquares[layer][q] = Math.max(meanSquares[layer][q], sum / count);
    }
  }

  /** Whether a layer has such a quantity. */
  public synchronized boolean has(int layer, Quantity quantity) {
    return counts[layer][quantity.ordinal()] > 0;
  }

  /** The largest absolute value; 0 where there is none. */
  public synchronized double largest(int layer, Quantity quantity) {
    return largest[layer][quantity.ordinal()];
  }

  /** The root of the mean square over all texts; 0 where there is none. */
  public synchronized double rms(int layer, Quantity quantity) {
    int q = quantity.ordinal();
    return counts[layer][q] == 0 ? 0 : Math.sqrt(squares[layer][q] / counts[layer][q]);
  }

  /** The largest mean square of a text; 0 where there is none. */
  public synchronized double meanSquare(int layer, Quantity quantity) {
    return meanSquares[layer][quantity.ordinal()];
  }
}
