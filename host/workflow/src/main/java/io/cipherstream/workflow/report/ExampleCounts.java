package io.cipherstream.workflow.report;

/**
 * Numbers of examples, and on which of them choices were made.
 *
 * @param training trained on
 * @param heldOut of the training file, to choose on
 * @param dev reported on
 * @param devTextsInTraining how many of dev have a text that the training file has too
 * @param trainingCut how many of training and held out were too long and were cut
 * @param devCut how many of dev were cut
 * @param chosenOnDev whether anything was chosen by looking at dev, so that its figures flatter
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
