package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the tokens of a first attention lie in the rows of one ciphertext, and which of them meet.
 *
 * <p>R rows hold T tokens G = R/T times, group after group. The rows of x are repeated; those of
 * keys and values are x_u with u = (t + g·T/G) mod T in row t of group g. Rotated by i rows, i from
 * 0 to T/G − 1, they show each token t in its G rows all tokens once: with a token t + i beyond T a
 * row sees the next group, whose shift is what the token has lost. So T/G products serve T² pairs,
 * and rotating by whole groups sums what the groups found, in every row.
 *
 * <p>Token t of group 0 lies in row t + 1, as in {@link SealedLayout}.
 *
 * @param rows what the rows are
 * @param tokens T, a power of two with T² ≥ R
 */
record AttentionLayout(SealedLayout rows, int tokens) {

  /** Fewest tokens of a class. */
  private static final int TOKENS_MIN = 16;

  /** Numbers of tokens, smallest first, up to the first that holds so many. */
  static List<Integer> classes(SealedLayout rows, int positions) {
    List<Integer> classes = new ArrayList<>();
    for (int t = TOKENS_MIN; t <= rows.rows(); t *= 2) {
      if ((long) t * t >= rows.rows()) {
        classes.add(t);
        if (t >= positions) {
          break;
        }
      }
    }
    return classes;
  }

  /** G. */
  int groups() {
    return rows.rows() / tokens;
  }

  /** T/G: how often keys and values are rotated by a row, once not at all. */
  int steps() {
    return tokens / groups();
  }

  /** x_t in row t of every group; zeros beyond the text. */
  double[] repeated(double[][] x) {
    return packed(x, 0);
  }

  /** x_u for keys and values. */
  double[] shifted(double[][] x) {
    return packed(x, steps());
  }

  /** 1/n in the rows of {@link #shifted} that hold a token of the text. */
  double[] shiftedWeights(int n) {
    double[][] x = new double[n][rows.features()];
    for (double[] row : x) {
      Arrays.fill(row, 1.0 / n);
    }
    return packed(x, steps());
  }

  /** 1/n in the rows of group 0 that hold a token of the text. */
  double[] weights(int n) {
    double[] slots = new double[rows.slots()];
    int from = rows.firstRow();
    for (int s = 0; s < n * rows.features(); s++) {
      slots[(from + s) % slots.length] = 1.0 / n;
    }
    return slots;
  }

  private double[] packed(double[][] x, int shift) {
    double[] slots = new double[rows.slots()];
    for (int r = 0; r < rows.rows(); r++) {
      int token = (r % tokens + r / tokens * shift) % tokens;
      if (token < x.length) {
        int at = (r + 1) % rows.rows() * rows.features();
        System.arraycopy(x[token], 0, slots, at, x[token].length);
      }
    }
    return slots;
  }
}
