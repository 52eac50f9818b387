package io.cipherstream.workflow.metric;

/**
 * One figure of a report.
 *
 * @param name such as {@code accuracy}
 * @param value the metric; NaN where it is not defined (a correlation with a constant)
 * @param standardError of the value, in its unit; NaN where it is not defined
 */
public record Score(String name, double value, double standardError) {}
