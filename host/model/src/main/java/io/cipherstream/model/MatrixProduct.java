package io.cipherstream.model;

import java.util.Arrays;

/**
 * Float64 products of token rows with single-precision weights. The innermost loop runs along
 * outputs, which the JIT compiler turns into vector instructions (a sum along inputs it may not
 * reorder), over a block of the weights that stays in the cache for all tokens.
 */
final class MatrixProduct {

  /** Outputs of a block: long enough for unrolled vector loops. */
  private static final int OUTPUTS = 256;

  /** Inputs of a block, a multiple of the 4 that one pass adds; with OUTPUTS 128 KiB of weights. */
  private static final int INPUTS = 64;

  /** Fewest tokens for which turning the weights around pays. */
  private static final int TOKENS_MIN = 4;

  private MatrixProduct() {}

  /** y[t] = W·x[t] + b for every token row t. */
  static double[][] dense(double[][] x, DenseLayer layer) {
    int tokens = x.length;
    int inputs = layer.inputs();
    int outputs = layer.outputs();
    if (tokens > 0 && x[0].length != inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "row of " + x[0].length + " values: the layer takes " + inputs);
    }
    double[][] y = new double[tokens][outputs];
    for (double[] row : y) {
      for (int o = 0; o < outputs; o++) {
        row[o] = layer.bias(o);
      }
    }
    if (tokens < TOKENS_MIN) {
      rowByRow(x, y, layer);
    } else {
      inBlocks(x, y, layer);
    }
    return y;
  }

  private static void rowByRow(double[][] x, double[][] y, DenseLayer layer) {
    float[] weight = layer.weight();
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < y[t].length; o++) {
        int base = o * x[t].length;
        double s = 0;
        for (int i = 0; i < x[t].length; i++) {
          s += weight[base + i] * x[t][i];
        }
        y[t][o] += s;
      }
    }
  }

  private static void inBlocks(double[][] x, double[][] y, DenseLayer layer) {
    int inputs = layer.inputs();
    int outputs = layer.outputs();
    double[][] block = new double[INPUTS][Math.min(OUTPUTS, outputs)];
    double[] sums = new double[Math.min(OUTPUTS, outputs)];
    double[] row = new double[INPUTS];
    for (int o = 0; o < outputs; o += OUTPUTS) {
      int width = Math.min(OUTPUTS, outputs - o);
      for (int i = 0; i < inputs; i += INPUTS) {
        int depth = Math.min(INPUTS, inputs - i);
        turn(layer, o, width, i, depth, block);
        for (int t = 0; t < x.length; t++) {
          System.arraycopy(x[t], i, row, 0, depth);
          Arrays.fill(row, depth, INPUTS, 0);
          System.arraycopy(y[t], o, sums, 0, width);
          for (int k = 0; k < depth; k += 4) {
            add(block, k, row, sums, width);
          }
          System.arraycopy(sums, 0, y[t], o, width);
        }
      }
    }
  }

  /** block[i][o] = W[first output + o][first input + i], zeros up to a whole pass. */
  private static void turn(
      DenseLayer layer, int firstOutput, int width, int firstInput, int depth, double[][] block) {
    float[] weight = layer.weight();
    int whole = (depth + 3) / 4 * 4;
    for (int o = 0; o < width; o++) {
      int from = (firstOutput + o) * layer.inputs() + firstInput;
      for (int i = 0; i < depth; i++) {
        block[i][o] = weight[from + i];
      }
      for (int i = depth; i < whole; i++) {
        block[i][o] = 0;
      }
    }
  }

  /** sums += Σ row[i] · block[i] for four i; one array a factor, or the loop is no vector loop. */
  private static void add(double[][] block, int i, double[] row, double[] sums, int width) {
    double[] w0 = block[i];
    double[] w1 = block[i + 1];
    double[] w2 = block[i + 2];
    double[] w3 = block[i + 3];
    double x0 = row[i];
    double x1 = row[i + 1];
    double x2 = row[i + 2];
    double x3 = row[i + 3];
    for (int o = 0; o < width; o++) {
      sums[o] += x0 * w0[o] + x1 * w1[o] + x2 * w2[o] + x3 * w3[o];
    }
  }
}
