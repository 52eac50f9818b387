package io.cipherstream.workflow.report;

import java.util.List;

/**
 * The largest absolute values of one quantity.
 *
 * @param quantity such as {@code score}, {@code row sum} or {@code output}
 * @param largest one value per layer, or a single one for the whole model; NaN if not measured
 * @param bounds the bounds in the model's manifest; empty if it has none
 */
public record RangeLine(String quantity, List<Double> largest, List<Double> bounds) {

  /**
   * @throws IllegalArgumentException if the quantity is blank, there is no value, a value is
   *     negative, or there are bounds but not one a value
   */
  public RangeLine {
    ReportChecks.text("quantity", quantity);
    largest = ReportChecks.list("layers", largest);
    bounds = ReportChecks.list("bounds", bounds);
    if (largest.isEmpty() || (!bounds.isEmpty() && bounds.size() != largest.size())) {
      throw new IllegalArgumentException(
          largest.size()
              + " values and "
              + bounds.size()
              + " bounds of "
              + quantity
              + ": expected at least one value, and no bound or one a value");
    }
    if (largest.stream().anyMatch(v -> v < 0)) {
      throw new IllegalArgumentException(
          quantity + " of " + largest + ": expected absolute values");
    }
  }

  /** A quantity whose every bound is margin times its value. */
  public static RangeLine of(String quantity, List<Double> largest, double margin) {
    return new RangeLine(quantity, largest, largest.stream().map(v -> v * margin).toList());
  }
}
