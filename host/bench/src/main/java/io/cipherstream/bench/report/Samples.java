package io.cipherstream.bench.report;

import java.util.List;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

/**
 * Median, quartiles and extremes of the samples of one measurement, in its unit.
 *
 * @param all in the order they were taken
 */
public record Samples(
    double median,
    double lowerQuartile,
    double upperQuartile,
    double minimum,
    double maximum,
    List<Double> all) {

  private static final double MEDIAN = 50;
  private static final double LOWER = 25;
  private static final double UPPER = 75;

  public Samples {
    all = List.copyOf(all);
  }

  /**
   * @throws IllegalArgumentException if there is no sample
   */
  public static Samples of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no samples");
    }
    Statistics s = new ListStatistics(values.stream().mapToDouble(Double::doubleValue).toArray());
    return new Samples(
        s.getPercentile(MEDIAN),
        s.getPercentile(LOWER),
        s.getPercentile(UPPER),
        s.getMin(),
        s.getMax(),
        values);
  }

  /** (upper − lower quartile) / median. */
  public double spread() {
    return median == 0 ? 0 : (upperQuartile - lowerQuartile) / median;
  }
}
