package io.cipherstream.transformer;

import org.jspecify.annotations.Nullable;

/** A sum of slot-wise products under construction, real until something complex joins it. */
final class ProductSum {

  private final double[] re;
  private double @Nullable [] im;

  ProductSum(int slots) {
    this.re = new double[slots];
  }

  /** Adds x ⊙ w, w repeated to the length of x. */
  ProductSum add(SlotVector x, SlotVector w) {
    double[] imaginaryX = x.im();
    double[] imaginaryW = w.im();
    accumulate(re, x.re(), w.re(), 1);
    if (imaginaryX == null && imaginaryW == null) {
      return this;
    }
    double[] sum = im == null ? new double[re.length] : im;
    if (imaginaryX != null) {
      accumulate(sum, imaginaryX, w.re(), 1);
    }
    if (imaginaryW != null) {
      accumulate(sum, x.re(), imaginaryW, 1);
    }
    if (imaginaryX != null && imaginaryW != null) {
      accumulate(re, imaginaryX, imaginaryW, -1);
    }
    im = sum;
    return this;
  }

  private static void accumulate(double[] sum, double[] x, double[] w, double sign) {
    for (int from = 0; from < sum.length; from += w.length) {
      for (int j = 0; j < w.length; j++) {
        sum[from + j] += sign * x[from + j] * w[j];
      }
    }
  }

  /** The sum; nothing is added after this. */
  SlotVector total() {
    return new SlotVector(re, im);
  }
}
