package io.cipherstream.workflow.report.page;

import java.util.ArrayList;
import java.util.List;

/**
 * A long series reduced to the points that a chart can show: the minimum and the maximum of every
 * segment, so that no spike is lost. Values that are not finite are left out.
 *
 * @param x ascending
 * @param y one per value of x
 */
record Thinned(double[] x, double[] y) {

  private static final int STRETCHES = 400;

  static Thinned of(double[] x, double[] y) {
    List<Integer> finite = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(y[i])) {
        finite.add(i);
      }
    }
    List<Integer> kept = new ArrayList<>();
    int stretches = Math.min(STRETCHES, (finite.size() + 1) / 2);
    for (int k = 0; k < stretches; k++) {
      int from = (int) ((long) k * finite.size() / stretches);
      int to = (int) ((long) (k + 1) * finite.size() / stretches);
      int least = finite.get(from);
      int largest = least;
      for (int j = from; j < to; j++) {
        least = y[finite.get(j)] < y[least] ? finite.get(j) : least;
        largest = y[finite.get(j)] > y[largest] ? finite.get(j) : largest;
      }
      kept.add(Math.min(least, largest));
      if (least != largest) {
        kept.add(Math.max(least, largest));
      }
    }
    return new Thinned(
        kept.stream().mapToDouble(i -> x[i]).toArray(),
        kept.stream().mapToDouble(i -> y[i]).toArray());
  }

  /**
   * The exponential mean mᵢ = Σₖ wⁱ⁻ᵏ yₖ / Σₖ wⁱ⁻ᵏ over the finite values so far, w = 1 − 2/(span +
   * 1); NaN before the first.
   */
  static double[] smoothed(double[] y, double span) {
    double weight = 1 - 2 / (span + 1);
    double[] out = new double[y.length];
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < y.length; i++) {
      if (Double.isFinite(y[i])) {
        sum = weight * sum + y[i];
        weights = weight * weights + 1;
      }
      out[i] = weights == 0 ? Double.NaN : sum / weights;
    }
    return out;
  }

  boolean isEmpty() {
    return x.length == 0;
  }
}
