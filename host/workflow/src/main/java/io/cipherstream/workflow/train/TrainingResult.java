package io.cipherstream.workflow.train;

import java.util.List;

/**
 * The course of a stage; afterwards the parameters are those with the best held-out score, or of a
 * polynomial encoder the last ones.
 *
 * @param steps steps taken
 * @param stepsPlanned steps of the whole schedule
 * @param examples examples seen
 * @param seconds training time over all runs
 * @param bestStep the step whose parameters were kept
 * @param bestScore their score on the held-out examples
 * @param skippedSteps steps skipped because loss or gradient was not finite, or the loss was a
 *     spike
 * @param endedEarly whether patience ran out, or the score could not improve
 * @param curve losses and scores
 */
public record TrainingResult(
    long steps,
    long stepsPlanned,
    long examples,
    double seconds,
    long bestStep,
    double bestScore,
    long skippedSteps,
    boolean endedEarly,
    List<TrainingPoint> curve) {

  public TrainingResult {
    curve = List.copyOf(curve);
  }
}
