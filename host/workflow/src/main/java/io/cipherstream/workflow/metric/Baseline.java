package io.cipherstream.workflow.metric;

import java.util.Arrays;

/** Predictions without reading the text, which a model must beat. */
public final class Baseline {

  private Baseline() {}

  /**
   * The most frequent class of the training examples, the first of equally frequent ones.
   *
   * @throws IllegalArgumentException if there is no example or a class is not below classes
   */
  public static int majority(int classes, int[] training) {
    if (training.length == 0) {
      throw new IllegalArgumentException("a majority of no examples: expected at least one");
    }
    long[] counts = new long[classes];
    for (int label : training) {
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException("class " + label + ": expected 0 to " + (classes - 1));
      }
      counts[label]++;
    }
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = counts[k] > counts[best] ? k : best;
    }
    return best;
  }

  /** One class for each of so many examples. */
  public static int[] always(int label, int examples) {
    int[] out = new int[examples];
    Arrays.fill(out, label);
    return out;
  }

  /**
   * The mean of the training values: the best constant in squared error; its correlation with
   * anything is not defined.
   *
   * @throws IllegalArgumentException if there is no example
   */
  public static double mean(double[] training) {
    return Arrays.stream(training)
        .average()
        .orElseThrow(
            () -> new IllegalArgumentException("a mean of no examples: expected at least one"));
  }
}
