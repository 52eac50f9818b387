package io.cipherstream.workflow.train;

import java.util.List;

/**
 * How a stage went; the parameters are then those of the best look at the held-out examples.
 *
 * @param steps steps taken
 * @param stepsPlanned steps of the whole schedule
 * @param examples examples seen
 * @param seconds time of training alone, over all runs
 * @param bestStep the step whose parameters were kept
 * @param bestScore their score on the held-out examples
 * @param skippedSteps steps left out because loss or gradient was not finite, or the loss a spike
 * @param endedEarly whether patience ran out, or the score could not get better
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
