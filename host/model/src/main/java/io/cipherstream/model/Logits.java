package io.cipherstream.model;

import java.util.List;

/** What a model's logits say. */
public final class Logits {

  private Logits() {}

  /** Index of the largest value, the first of several. */
  public static int best(double[] values) {
    return best(values, 0, values.length);
  }

  /** As {@link #best(double[])}. */
  public static int best(List<Double> values) {
    return best(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * Of {@code count} values that begin at {@code from}, the index of the largest, counted from
   * there; the first of several.
   */
  public static int best(double[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }
}
