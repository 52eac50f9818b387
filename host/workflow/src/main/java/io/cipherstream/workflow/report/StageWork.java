package io.cipherstream.workflow.report;

/**
 * The work of a stage and its budgets.
 *
 * @param seconds wall time, evaluations included
 * @param steps of the optimizer; 0 if nothing is trained
 * @param examples processed in training, with repetitions
 * @param stepsMax budget of steps; 0 for none
 * @param examplesMax budget of examples; 0 for none
 */
public record StageWork(
    double seconds, long steps, long examples, long stepsMax, long examplesMax) {

  /**
   * @throws IllegalArgumentException if a number is negative or the time is not finite
   */
  public StageWork {
    ReportChecks.time("seconds of a stage", seconds);
    ReportChecks.count("steps", steps);
    ReportChecks.count("examples", examples);
    ReportChecks.count("budget of steps", stepsMax);
    ReportChecks.count("budget of examples", examplesMax);
  }

  /** Work of a stage that trains nothing. */
  public static StageWork untrained(double seconds) {
    return new StageWork(seconds, 0, 0, 0, 0);
  }

  /** Examples per second, evaluations included; NaN if nothing was trained or no time passed. */
  public double examplesPerSecond() {
    return examples == 0 || seconds == 0 ? Double.NaN : examples / seconds;
  }
}
