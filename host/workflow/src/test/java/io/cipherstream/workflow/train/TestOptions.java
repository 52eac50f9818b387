package io.cipherstream.workflow.train;

/** Training options of tests: float32, seed 7, no looks before the end unless asked. */
final class TestOptions {

  private TestOptions() {}

  static TrainingOptions of(double epochs, int batch, double rate) {
    return of(epochs, batch, rate, Double.POSITIVE_INFINITY, 1000, 1000, 1000);
  }

  static TrainingOptions of(
      double epochs,
      int batch,
      double rate,
      double spike,
      int evaluateEvery,
      int patience,
      int checkpointSeconds) {
    return new TrainingOptions(
        epochs,
        batch,
        rate,
        0.01,
        0.1,
        1,
        spike,
        evaluateEvery,
        patience,
        checkpointSeconds,
        7,
        Precision.FLOAT32);
  }
}
