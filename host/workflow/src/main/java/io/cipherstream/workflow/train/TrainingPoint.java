package io.cipherstream.workflow.train;

/**
 * A point of a training curve.
 *
 * @param step steps taken
 * @param loss mean loss since the previous point
 * @param learningRate at this step
 * @param heldOut score on the held-out examples; NaN if none was taken
 */
public record TrainingPoint(long step, double loss, double learningRate, double heldOut) {}
