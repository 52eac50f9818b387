package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How tokens lie in the complex slots of mode hybrid. A ciphertext has R rows of F slots; a row
 * holds two tokens, one in the real and one in the imaginary parts, so a ciphertext holds 2R of
 * them, a group. Token t of a group is in row (⌊t/2⌋ + 1) mod R, in the imaginary parts if t is
 * odd. Row 0, where SEAL's key switching errs most (see {@link TokenLayout}), is left to the last
 * two, which are mostly padding.
 *
 * <p>An activation of several groups is all blocks of the first group, then all of the second, and
 * so on. Tokens never meet at the appliance, so groups are computed one by one with the same
 * weights, and tokens of several texts may stand side by side.
 *
 * @param slots N/2
 * @param features F, a power of two of at most N/4
 */
record HybridLayout(int slots, int features) {

  /** Tokens of a tile: their rows' lines and a vector's stay in the first cache. */
  private static final int TILE = 32;

  HybridLayout {
    if (Integer.bitCount(slots) != 1 || Integer.bitCount(features) != 1 || 2 * features > slots) {
      throw new IllegalArgumentException(
          "rows of " + features + " in " + slots + " slots: expected powers of two, two rows");
    }
  }

  /** R. */
  int rows() {
    return slots / features;
  }

  /** Tokens of a group, 2R. */
  int groupTokens() {
    return 2 * rows();
  }

  /** Groups that hold so many tokens. */
  int groups(int tokens) {
    return (tokens + groupTokens() - 1) / groupTokens();
  }

  /** Where a token's row of a block begins among 2·N/2 parts, real ones first. */
  private int rowAt(int token) {
    int inGroup = token % groupTokens();
    int row = (inGroup / 2 + 1) % rows();
    return inGroup % 2 * slots + row * features;
  }

  /** Moves one token's value of one feature between its row and a vector. */
  private interface Move {
    void value(int token, int feature, int vector, int at);
  }

  /**
   * All values of the tokens, by tiles of tokens that are moved beside each other: within a tile
   * feature by feature, so that neighbours in a vector are moved one after the other.
   */
  private void each(int tokens, FeatureLayout layout, Move move) {
    IntStream.range(0, (tokens + TILE - 1) / TILE)
        .parallel()
        .forEach(
            tile -> {
              int from = tile * TILE;
              int to = Math.min(tokens, from + TILE);
              for (int f = 0; f < layout.count(); f++) {
                int block = layout.block(f);
                int position = layout.position(f);
                for (int t = from; t < to; t++) {
                  int vector = t / groupTokens() * layout.blocks() + block;
                  move.value(t, f, vector, rowAt(t) + position);
                }
              }
            });
  }

  /**
   * Tokens' rows as slot vectors of N values, real parts first; what holds no token is 0.
   *
   * @param rows [tokens][{@code layout.count()}]
   * @param groups enough for them
   */
  List<double[]> pack(double[][] rows, FeatureLayout layout, int groups) {
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < groups * layout.blocks(); i++) {
      vectors.add(new double[2 * slots]);
    }
    double[][] out = vectors.toArray(double[][]::new);
    each(
        rows.length,
        layout,
        (token, feature, vector, at) -> out[vector][at] = rows[token][feature]);
    return vectors;
  }

  /** The first tokens' rows of slot vectors, [tokens][{@code layout.count()}]. */
  double[][] unpack(List<double[]> vectors, FeatureLayout layout, int tokens) {
    double[][] rows = new double[tokens][layout.count()];
    double[][] in = vectors.toArray(double[][]::new);
    each(tokens, layout, (token, feature, vector, at) -> rows[token][feature] = in[vector][at]);
    return rows;
  }
}
