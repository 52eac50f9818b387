package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The client's work on scores: THE-X's kernel with a block exponent, hinges and reciprocals. It
 * knows which tokens are real; weights of padding are exactly 0.
 */
final class ClientAttention {

  private final ModelContext context;
  private final Packing packing;
  private final int tokenCount;
  private final int headCount;

  /** g of every token and head of the current layer; a power of two. */
  private double[][] blockExponents = new double[0][];

  ClientAttention(ModelContext context, int tokenCount) {
    this.context = context;
    this.packing = context.packing();
    this.tokenCount = tokenCount;
    this.headCount = context.shape().heads();
  }

  /** score[head][t][u] of real tokens. */
  private double[][][] scores(List<double[]> down) {
    ScoreLayout layout = packing.scores();
    int tokens = context.tokens();
    double[][][] scores = new double[headCount][tokenCount][tokenCount];
    for (int head = 0; head < headCount; head++) {
      int block = head / packing.heads().groupsPerBlock();
      int base = head % packing.heads().groupsPerBlock() * packing.stride();
      for (int t = 0; t < tokenCount; t++) {
        for (int u = 0; u < tokenCount; u++) {
          int offset = Math.floorMod(u - t, tokens);
          double[] slots = down.get(block * layout.outputs() + layout.output(offset));
          scores[head][t][u] = slots[packing.tokens().slot(t, base + layout.position(offset))];
        }
      }
    }
    return scores;
  }

  /** weight[head][t][t + r mod T] as {@link WeightLayout} says, block by block. */
  private List<double[]> packed(double[][][] weights) {
    WeightLayout layout = packing.weights();
    int tokens = context.tokens();
    int slots = packing.tokens().slots();
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < context.headBlocks() * layout.ciphertexts(); i++) {
      vectors.add(new double[slots]);
    }
    for (int head = 0; head < headCount; head++) {
      int block = head / packing.heads().groupsPerBlock();
      for (int t = 0; t < tokenCount; t++) {
        for (int u = 0; u < tokenCount; u++) {
          int offset = Math.floorMod(u - t, tokens);
          double[] into = vectors.get(block * layout.ciphertexts() + layout.ciphertext(offset));
          int from = start(head, t) + layout.slot(offset);
          for (int i = from; i < from + layout.run(); i++) {
            into[i % slots] = weights[head][t][u];
          }
        }
      }
    }
    return vectors;
  }

  /** Writes a value at every position of a head in a token's row. */
  private void fill(double[] slots, int head, int token, double value) {
    int from = start(head, token);
    Arrays.fill(slots, from, from + packing.stride(), value);
  }

  private int start(int head, int token) {
    int base = head % packing.heads().groupsPerBlock() * packing.stride();
    return packing.tokens().slot(token, base);
  }

  /**
   * ReLU(x/2 + 1)³/g with g the power of two nearest to the row sum; in PAPER followed by 1/g, one
   * vector per block.
   */
  List<double[]> kernel(List<double[]> down) {
    double[][][] scores = scores(down);
    blockExponents = new double[headCount][tokenCount];
    for (int head = 0; head < headCount; head++) {
      for (int t = 0; t < tokenCount; t++) {
        double[] row = scores[head][t];
        double sum = 0;
        for (int u = 0; u < row.length; u++) {
          double base = Math.max(0, row[u] / 2 + 1);
          row[u] = base * base * base;
          sum += row[u];
        }
        double g = blockExponent(sum, context.mode());
        blockExponents[head][t] = g;
        for (int u = 0; u < row.length; u++) {
          row[u] /= g;
        }
      }
    }
    List<double[]> vectors = new ArrayList<>(packed(scores));
    if (context.mode() == InferenceMode.PAPER) {
      vectors.addAll(inverseExponents());
    }
    return vectors;
  }

  /**
   * The power of two nearest to a row sum; 1 for an empty row. In PAPER 1/g is sent at a fixed
   * scale, which bounds g to 2⁻⁴ … 2²⁴. A smaller row sum needs no smaller g, since T is bounded
   * near 0 and the row's weights are negligible.
   */
  static double blockExponent(double sum, InferenceMode mode) {
    if (!(sum > 0) || !Double.isFinite(sum)) {
      return 1;
    }
    int exponent = Math.getExponent(sum * Math.sqrt(2));
    return Math.scalb(
        1.0, mode == InferenceMode.PAPER ? Math.max(-4, Math.min(24, exponent)) : exponent);
  }

  private List<double[]> inverseExponents() {
    List<double[]> vectors = new ArrayList<>();
    for (int block = 0; block < context.headBlocks(); block++) {
      vectors.add(new double[packing.tokens().slots()]);
    }
    for (int head = 0; head < headCount; head++) {
      for (int t = 0; t < tokenCount; t++) {
        fill(
            vectors.get(head / packing.heads().groupsPerBlock()),
            head,
            t,
            1 / blockExponents[head][t]);
      }
    }
    return vectors;
  }

  /** g²·ReLU(z) for what stands for g-scaled hinges; padding rows are 0. */
  List<double[]> hinges(List<double[]> down) {
    int chunks = down.size() / context.headBlocks();
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < down.size(); i++) {
      vectors.add(new double[packing.tokens().slots()]);
    }
    for (int head = 0; head < headCount; head++) {
      int block = head / packing.heads().groupsPerBlock();
      for (int t = 0; t < tokenCount; t++) {
        double g = blockExponents[head][t];
        int from = start(head, t);
        for (int chunk = 0; chunk < chunks; chunk++) {
          double[] in = down.get(block * chunks + chunk);
          double[] out = vectors.get(block * chunks + chunk);
          for (int i = from; i < from + packing.stride(); i++) {
            out[i] = g * g * Math.max(0, in[i]);
          }
        }
      }
    }
    return vectors;
  }

  /** 1/x for real tokens and heads, 0 where the row sum is 0; padding rows are 0. */
  List<double[]> reciprocals(List<double[]> down) {
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < down.size(); i++) {
      vectors.add(new double[packing.tokens().slots()]);
    }
    for (int head = 0; head < headCount; head++) {
      int block = head / packing.heads().groupsPerBlock();
      for (int t = 0; t < tokenCount; t++) {
        double sum = down.get(block)[start(head, t)];
        fill(vectors.get(block), head, t, sum > EMPTY_ROW ? 1 / sum : 0);
      }
    }
    return vectors;
  }

  /** A blinded row sum below this stands for an empty row: real ones are at least 1/√2/4. */
  private static final double EMPTY_ROW = 1e-3;
}
