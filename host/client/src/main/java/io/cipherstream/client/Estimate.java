package io.cipherstream.client;

/**
 * The number a regression model gives for a question.
 *
 * @param value in the unit of the model's training data; not clipped to its range
 */
public record Estimate(double value, InferenceReport report) {}
