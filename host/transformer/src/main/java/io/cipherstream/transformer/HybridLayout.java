package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.List;

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

  /** Where a token's value at a position of a block stands among 2·N/2 parts, real ones first. */
  private int at(int token, int position) {
    int inGroup = token % groupTokens();
    int row = (inGroup / 2 + 1) % rows();
    return inGroup % 2 * slots + row * features + position;
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
    for (int t = 0; t < rows.length; t++) {
      int first = t / groupTokens() * layout.blocks();
      for (int f = 0; f < layout.count(); f++) {
        vectors.get(first + layout.block(f))[at(t, layout.position(f))] = rows[t][f];
      }
    }
    return vectors;
  }

  /** The first tokens' rows of slot vectors, [tokens][{@code layout.count()}]. */
  double[][] unpack(List<double[]> vectors, FeatureLayout layout, int tokens) {
    double[][] rows = new double[tokens][layout.count()];
    for (int t = 0; t < tokens; t++) {
      int first = t / groupTokens() * layout.blocks();
      for (int f = 0; f < layout.count(); f++) {
        rows[t][f] = vectors.get(first + layout.block(f))[at(t, layout.position(f))];
      }
    }
    return rows;
  }
}
