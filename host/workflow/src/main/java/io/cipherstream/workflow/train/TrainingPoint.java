package io.cipherstream.workflow.train;

/**
 * A point of a training curve.
 *
 * @param step steps taken
 * @param loss mean loss since the point before
 * @param learningRate at this step
 * @param heldOut score on the held-out examples, NaN where there was no look
 */
public record TrainingPoint(long step, double loss, double learningRate, double heldOut) {}
