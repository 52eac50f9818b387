package io.cipherstream.model.sealed;

/**
 * The float64 pass of a {@link MergedEncoder}, level by level as its encrypted program computes.
 * Thread-safe.
 */
public final class MergedPass {

  private final MergedEncoder merged;

  public MergedPass(MergedEncoder merged) {
    this.merged = merged;
  }

  /** The outputs of a text: the first row of {@link #rows}. */
  public double[] run(double[][] x) {
    return rows(x)[0];
  }

  /**
   * The outputs of a text, or without heads of every token.
   *
   * @param x the client's rows of real tokens, [tokens][width]
   * @return rows of one logit a class, the value, or of two classes the second's logit less the
   *     first's
   */
  public double[][] rows(double[][] x) {
    return merged.heads() == 0 ? words(x) : new double[][] {pooled(x)};
  }

  private double[][] words(double[][] x) {
    double[] mean = SealedPass.mean(x);
    double[][] out = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] h = window(merged.hidden(), x, t, mean);
      double[] values = window(merged.values(), x, t, mean);
      square(h);
      out[t] = merged.constants().clone();
      for (int j = 0; j < out[t].length; j++) {
        out[t][j] += value(merged.row(j, 0), values, h);
      }
    }
    return out;
  }

  private double[] pooled(double[][] x) {
    double[] mean = SealedPass.mean(x);
    double[] out = merged.constants().clone();
    for (int t = 0; t < x.length; t++) {
      double[] h = window(merged.hidden(), x, t, mean);
      double[] e = window(merged.scores(), x, t, mean);
      double[] values = window(merged.values(), x, t, mean);
      square(h);
      square(e);
      for (int j = 0; j < out.length; j++) {
        for (int head = 0; head < merged.heads(); head++) {
          out[j] += e[head] / x.length * value(merged.row(j, head), values, h);
        }
        if (t == 0) {
          out[j] += value(merged.row(j, merged.heads()), values, h);
        }
      }
    }
    return out;
  }

  private double value(int row, double[] values, double[] squares) {
    return values[row] + dot(merged.squares()[row], squares);
  }

  private static double[] window(MergedEncoder.Window rows, double[][] x, int t, double[] mean) {
    double[] out = rows.constant().clone();
    for (int r = 0; r < out.length; r++) {
      out[r] += dot(rows.mean()[r], mean);
      for (int o = 0; o < WindowMixing.OFFSETS; o++) {
        int from = t + o - WindowMixing.REACH;
        if (from >= 0 && from < x.length) {
          out[r] += dot(rows.offsets().get(o)[r], x[from]);
        }
      }
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void square(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= values[i];
    }
  }
}
