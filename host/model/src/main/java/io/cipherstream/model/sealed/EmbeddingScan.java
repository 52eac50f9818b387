package io.cipherstream.model.sealed;

import java.util.Arrays;

/** The least and the largest s·(a + b) of some functionals over blocks of word pieces. */
final class EmbeddingScan {

  private final double[][] functionals;
  private final double[][] shiftValues;
  private final double[][] shifts;
  private final double[] shiftLow;
  private final double[] shiftHigh;
  private final double[] low;
  private final double[] high;
  private double steepest;

  /**
   * @param functionals f∘γ, [functionals][width]
   * @param shiftValues b, [functionals][shifts]
   * @param shifts p, [shifts][width]
   */
  EmbeddingScan(double[][] functionals, double[][] shiftValues, double[][] shifts) {
    this.functionals = functionals;
    this.shiftValues = shiftValues;
    this.shifts = shifts;
    this.low = new double[functionals.length];
    this.high = new double[functionals.length];
    Arrays.fill(low, Double.POSITIVE_INFINITY);
    Arrays.fill(high, Double.NEGATIVE_INFINITY);
    this.shiftLow =
        Arrays.stream(shiftValues).mapToDouble(b -> Arrays.stream(b).min().orElseThrow()).toArray();
    this.shiftHigh =
        Arrays.stream(shiftValues).mapToDouble(b -> Arrays.stream(b).max().orElseThrow()).toArray();
  }

  /**
   * Takes a block of words into account.
   *
   * @param words centred word vectors, [width][pieces]
   * @param epsilon ε of the norm
   */
  void add(double[][] words, double epsilon) {
    int pieces = words[0].length;
    double[][] steep = steep(words, epsilon);
    double[] least = new double[pieces];
    double[] most = new double[pieces];
    for (int i = 0; i < pieces; i++) {
      least[i] = Arrays.stream(steep[i]).min().orElseThrow();
      most[i] = Arrays.stream(steep[i]).max().orElseThrow();
      steepest = Math.max(steepest, most[i]);
    }
    double[] a = new double[pieces];
    for (int k = 0; k < functionals.length; k++) {
      products(functionals[k], words, a);
      for (int i = 0; i < pieces; i++) {
        double up = a[i] + shiftHigh[k];
        double down = a[i] + shiftLow[k];
        if (up * (up > 0 ? most[i] : least[i]) > high[k]
            || down * (down < 0 ? most[i] : least[i]) < low[k]) {
          everyShift(k, a[i], steep[i]);
        }
      }
    }
  }

  private void everyShift(int k, double a, double[] steep) {
    double[] b = shiftValues[k];
    for (int p = 0; p < b.length; p++) {
      double value = steep[p] * (a + b[p]);
      low[k] = Math.min(low[k], value);
      high[k] = Math.max(high[k], value);
    }
  }

  /** out = f·w of every piece; one array a factor, or the loop is no vector loop. */
  private static void products(double[] f, double[][] words, double[] out) {
    Arrays.fill(out, 0);
    int j = 0;
    for (; j + 3 < f.length; j += 4) {
      four(f, j, words[j], words[j + 1], words[j + 2], words[j + 3], out);
    }
    for (; j < f.length; j++) {
      double factor = f[j];
      double[] word = words[j];
      for (int i = 0; i < out.length; i++) {
        out[i] += factor * word[i];
      }
    }
  }

  private static void four(
      double[] f, int j, double[] w0, double[] w1, double[] w2, double[] w3, double[] out) {
    double f0 = f[j];
    double f1 = f[j + 1];
    double f2 = f[j + 2];
    double f3 = f[j + 3];
    for (int i = 0; i < out.length; i++) {
      out[i] += f0 * w0[i] + f1 * w1[i] + f2 * w2[i] + f3 * w3[i];
    }
  }

  /** 1/σ of every piece with every shift, [pieces][shifts]. */
  private double[][] steep(double[][] words, double epsilon) {
    int pieces = words[0].length;
    double[][] out = new double[pieces][shifts.length];
    double[] squares = new double[pieces];
    for (int p = 0; p < shifts.length; p++) {
      Arrays.fill(squares, 0);
      for (int j = 0; j < words.length; j++) {
        double shift = shifts[p][j];
        double[] word = words[j];
        for (int i = 0; i < pieces; i++) {
          double v = word[i] + shift;
          squares[i] += v * v;
        }
      }
      for (int i = 0; i < pieces; i++) {
        out[i][p] = 1 / Math.sqrt(squares[i] / words.length + epsilon);
      }
    }
    return out;
  }

  double low(int functional) {
    return low[functional];
  }

  double high(int functional) {
    return high[functional];
  }

  /** The largest s seen. */
  double steepest() {
    return steepest;
  }
}
