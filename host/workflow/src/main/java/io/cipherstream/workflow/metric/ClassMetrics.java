package io.cipherstream.workflow.metric;

/**
 * Metrics of predicted classes, from their confusion matrix. Values equal scikit-learn's.
 * Immutable.
 */
public final class ClassMetrics {

  private final long[][] table;
  private final long[] truths;
  private final long[] predictions;
  private final long total;
  private long right;

  /**
   * @param classes number of classes
   * @param truth class of every example, 0 to classes − 1
   * @param predicted predicted class of every example
   * @throws IllegalArgumentException if the arrays differ in length or are empty, or a class lies
   *     outside
   */
  public ClassMetrics(int classes, int[] truth, int[] predicted) {
    Checks.sameSize(truth.length, predicted.length);
    table = new long[classes][classes];
    truths = new long[classes];
    predictions = new long[classes];
    total = truth.length;
    for (int i = 0; i < truth.length; i++) {
      int t = inRange(truth[i], classes);
      int p = inRange(predicted[i], classes);
      table[t][p]++;
      truths[t]++;
      predictions[p]++;
      right += t == p ? 1 : 0;
    }
  }

  private static int inRange(int value, int classes) {
    if (value < 0 || value >= classes) {
      throw new IllegalArgumentException("class " + value + ": expected 0 to " + (classes - 1));
    }
    return value;
  }

  /** Number of examples of a class that were predicted as another (or the same). */
  public long count(int truth, int predicted) {
    return table[truth][predicted];
  }

  /** Share of correct predictions. */
  public double accuracy() {
    return (double) right / total;
  }

  /** 2·right / (predicted + true) of a class; 0 if it is neither true nor predicted anywhere. */
  public double f1(int label) {
    long sum = truths[label] + predictions[label];
    return sum == 0 ? 0 : 2.0 * table[label][label] / sum;
  }

  /** The mean of {@link #f1} over all classes. */
  public double macroF1() {
    double sum = 0;
    for (int k = 0; k < truths.length; k++) {
      sum += f1(k);
    }
    return sum / truths.length;
  }

  /**
   * Matthews' correlation for any number of classes, (n·right − Σ tₖpₖ) / √((n² − Σ pₖ²)(n² − Σ
   * tₖ²)), where tₖ examples are of class k and pₖ are predicted as class k; 0 if there is only one
   * class, or only one is predicted.
   */
  public double matthews() {
    double both = 0;
    double truthSquares = 0;
    double predictedSquares = 0;
    for (int k = 0; k < truths.length; k++) {
      both += (double) truths[k] * predictions[k];
      truthSquares += (double) truths[k] * truths[k];
      predictedSquares += (double) predictions[k] * predictions[k];
    }
    double square = (double) total * total;
    double below = Math.sqrt((square - predictedSquares) * (square - truthSquares));
    return below == 0 ? 0 : ((double) total * right - both) / below;
  }
}
