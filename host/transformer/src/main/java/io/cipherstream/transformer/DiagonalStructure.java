package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.List;

/**
 * Which diagonals of a blocked matrix exist, and in which order their plaintexts are stored.
 *
 * <p>For output block o and input block c, diagonal d is u_d[i] = M[o·,i][c·,(i + d) mod F].
 * Because a feature rotation by d crosses into the next token where i + d ≥ F, each diagonal is cut
 * in two: half 0 keeps i + d &lt; F, half 1 the rest, and
 *
 * <pre>y = A + rot(B, −F),  A = Σ_d (u_d·m_d) ⊙ rot(x, d),  B = Σ_d (u_d·(1 − m_d)) ⊙ rot(x, d).
 * </pre>
 *
 * With d = giant·n₁ + baby the stored plaintext is rotated by −giant·n₁, so that the giant step
 * acts on the sum. Only the layouts decide which diagonals exist, never the weights, so client and
 * server derive the same plan.
 */
final class DiagonalStructure {

  private final FeatureLayout out;
  private final FeatureLayout in;
  private final int babySteps;
  private final int[][][][] index; // [out block][half][giant][in block · n1 + baby]
  private final List<Entry> entries = new ArrayList<>();

  /** One stored plaintext. */
  record Entry(int outBlock, int half, int giant, int inBlock, int baby) {}

  DiagonalStructure(FeatureLayout out, FeatureLayout in, int babySteps) {
    if (out.features() != in.features() || in.features() % babySteps != 0) {
      throw new IllegalArgumentException(
          "blocks of " + out.features() + " and " + in.features() + ", baby steps " + babySteps);
    }
    this.out = out;
    this.in = in;
    this.babySteps = babySteps;
    int giants = giantSteps();
    this.index = new int[out.blocks()][2][giants][in.blocks() * babySteps];
    for (int o = 0; o < out.blocks(); o++) {
      for (int half = 0; half < 2; half++) {
        for (int giant = 0; giant < giants; giant++) {
          for (int c = 0; c < in.blocks(); c++) {
            for (int baby = 0; baby < babySteps; baby++) {
              boolean present = exists(o, half, giant * babySteps + baby, c);
              index[o][half][giant][c * babySteps + baby] = present ? entries.size() : -1;
              if (present) {
                entries.add(new Entry(o, half, giant, c, baby));
              }
            }
          }
        }
      }
    }
  }

  /** The number of baby steps n₁ that minimises the rotations for these block counts. */
  static int bestBabySteps(int outBlocks, int inBlocks, int features) {
    int best = 1;
    long bestCost = Long.MAX_VALUE;
    for (int n1 = 1; n1 <= Math.min(32, features); n1 *= 2) {
      int giants = features / n1;
      long cost = (long) inBlocks * (n1 - 1) + (long) outBlocks * (2 * (giants - 1) + 1);
      if (cost < bestCost) {
        bestCost = cost;
        best = n1;
      }
    }
    return best;
  }

  private boolean exists(int o, int half, int diagonal, int c) {
    int features = in.features();
    int from = half == 0 ? 0 : features - diagonal;
    int to = half == 0 ? features - diagonal : features;
    for (int i = from; i < to; i++) {
      if (out.featureAt(o, i) >= 0 && in.featureAt(c, (i + diagonal) % features) >= 0) {
        return true;
      }
    }
    return false;
  }

  FeatureLayout out() {
    return out;
  }

  FeatureLayout in() {
    return in;
  }

  int babySteps() {
    return babySteps;
  }

  int giantSteps() {
    return in.features() / babySteps;
  }

  /** Number of stored plaintexts. */
  int count() {
    return entries.size();
  }

  /** Plaintext index for each (input block · n₁ + baby), −1 where the diagonal is empty. */
  int[] terms(int outBlock, int half, int giant) {
    return index[outBlock][half][giant];
  }

  /** The slot vector of one stored diagonal, length F. */
  double[] diagonal(int entryIndex, MatrixValues values) {
    Entry e = entries.get(entryIndex);
    int features = in.features();
    int shift = e.giant * babySteps;
    int diagonal = shift + e.baby;
    double[] slots = new double[features];
    int from = e.half == 0 ? 0 : features - diagonal;
    int to = e.half == 0 ? features - diagonal : features;
    for (int i = from; i < to; i++) {
      int outFeature = out.featureAt(e.outBlock, i);
      int inFeature = in.featureAt(e.inBlock, (i + diagonal) % features);
      if (outFeature >= 0 && inFeature >= 0) {
        slots[(i + shift) % features] = values.at(outFeature, inFeature);
      }
    }
    return slots;
  }

  /** Entries of a logical matrix. */
  interface MatrixValues {
    /** M[out][in]. */
    double at(int out, int in);
  }
}
