package io.cipherstream.workflow.metric;

/**
 * Metrics of texts that each have any number of labels. Values equal scikit-learn's on indicator
 * matrices. Immutable.
 */
public final class LabelSetMetrics {

  private final long[] both;
  private final long[] truths;
  private final long[] predictions;
  private final double exact;

  /**
   * @param truth whether a label is true of an example, [examples][labels]
   * @param predicted whether it was predicted, likewise
   * @throws IllegalArgumentException if the sizes differ or there are no examples
   */
  public LabelSetMetrics(boolean[][] truth, boolean[][] predicted) {
    Checks.sameSize(truth.length, predicted.length);
    int labels = truth[0].length;
    both = new long[labels];
    truths = new long[labels];
    predictions = new long[labels];
    int same = 0;
    for (int i = 0; i < truth.length; i++) {
      Checks.sameSize(truth[i].length, labels);
      Checks.sameSize(predicted[i].length, labels);
      boolean equal = true;
      for (int k = 0; k < labels; k++) {
        truths[k] += truth[i][k] ? 1 : 0;
        predictions[k] += predicted[i][k] ? 1 : 0;
        both[k] += truth[i][k] && predicted[i][k] ? 1 : 0;
        equal &= truth[i][k] == predicted[i][k];
      }
      same += equal ? 1 : 0;
    }
    exact = (double) same / truth.length;
  }

  /** Share of examples with exactly their labels. */
  public double exactMatch() {
    return exact;
  }

  /** 2·right / (predicted + true) over all labels together; 0 if there are none of either. */
  public double microF1() {
    long right = 0;
    long sum = 0;
    for (int k = 0; k < both.length; k++) {
      right += both[k];
      sum += truths[k] + predictions[k];
    }
    return sum == 0 ? 0 : 2.0 * right / sum;
  }

  /** The mean over all labels of 2·right / (predicted + true), 0 for a label without either. */
  public double macroF1() {
    double total = 0;
    for (int k = 0; k < both.length; k++) {
      long sum = truths[k] + predictions[k];
      total += sum == 0 ? 0 : 2.0 * both[k] / sum;
    }
    return total / both.length;
  }
}
