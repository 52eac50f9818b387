package io.cipherstream.workflow.report;

import java.util.List;

/**
 * The course of a stage.
 *
 * @param name such as {@code ReLU and THE-X softmax}
 * @param purpose what it does, in a sentence for readers
 * @param seed of its training; 0 where nothing is random
 * @param end why it ended
 * @param endDetail more about its end, such as the step that failed; may be empty
 * @param work time, steps, examples and their budgets
 * @param heldOutMetric name of the score in the curve, such as {@code accuracy}; may be empty
 * @param bestStep the step whose weights were kept; −1 if there is none
 * @param bestScore the held-out score there; NaN if there is none
 * @param curve ascending by step, one or two points a step; empty where nothing is trained
 * @param warnings what a reader should know
 */
public record StageRecord(
    String name,
    String purpose,
    long seed,
    StageEnd end,
    String endDetail,
    StageWork work,
    String heldOutMetric,
    long bestStep,
    double bestScore,
    List<CurvePoint> curve,
    List<String> warnings) {

  /** Most points of a curve. */
  public static final int CURVE_MAX = 100_000;

  /**
   * @throws IllegalArgumentException if the name is blank, the best step is below −1, the curve
   *     goes back, or it has more than {@link #CURVE_MAX} points
   */
  public StageRecord {
    ReportChecks.text("name of a stage", name);
    if (bestStep < -1) {
      throw new IllegalArgumentException(
          "best step " + bestStep + " of " + name + ": expected a step, or -1 for none");
    }
    if (curve.size() > CURVE_MAX) {
      throw new IllegalArgumentException(
          curve.size()
              + " points in the curve of "
              + name
              + ": expected at most "
              + CURVE_MAX
              + "; record every n-th step");
    }
    curve = List.copyOf(curve);
    warnings = ReportChecks.list("warnings", warnings);
    for (int i = 1; i < curve.size(); i++) {
      if (curve.get(i).step() < curve.get(i - 1).step()) {
        throw new IllegalArgumentException(
            "the curve of "
                + name
                + " goes from step "
                + curve.get(i - 1).step()
                + " back to "
                + curve.get(i).step());
      }
    }
  }

  /** A stage that trains nothing, such as calibration and export. */
  public static StageRecord untrained(
      String name, String purpose, double seconds, List<String> warnings) {
    return new StageRecord(
        name,
        purpose,
        0,
        StageEnd.FINISHED,
        "",
        StageWork.untrained(seconds),
        "",
        -1,
        Double.NaN,
        List.of(),
        warnings);
  }
}
