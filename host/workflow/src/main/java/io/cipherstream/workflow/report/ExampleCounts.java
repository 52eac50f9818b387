package io.cipherstream.workflow.report;

/**
 * Numbers of examples, and on which of them choices were made.
 *
 * @param training examples to train on
 * @param heldOut examples of the training file, for choices
 * @param dev examples to report on
 * @param trainingCut examples of training and held-out parts that were too long and were cut
 * @param devTextsInTraining examples of dev whose text is also in the training file
 * @param devCut examples of dev that were cut
 * @param chosenOnDev whether anything was chosen by looking at dev, so that its figures are too
 *     good
 */
public record ExampleCounts(
    int training,
    int heldOut,
    int dev,
    int devTextsInTraining,
    int trainingCut,
    int devCut,
    boolean chosenOnDev) {

  /**
   * @throws IllegalArgumentException if a number is negative, or more of dev are cut or known from
   *     training than there are
   */
  public ExampleCounts {
    ReportChecks.count("training examples", training);
    ReportChecks.count("held-out examples", heldOut);
    ReportChecks.count("development examples", dev);
    ReportChecks.count("cut training examples", trainingCut);
    if (devTextsInTraining < 0 || devTextsInTraining > dev || devCut < 0 || devCut > dev) {
      throw new IllegalArgumentException(
          devTextsInTraining
              + " development examples in training and "
              + devCut
              + " cut: expected 0 to "
              + dev);
    }
  }
}
