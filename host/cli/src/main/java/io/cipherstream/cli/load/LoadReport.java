package io.cipherstream.cli.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * What a run of {@code load} found.
 *
 * @param seconds that it took, without the keys and sessions before it
 * @param answered times of answers
 * @param wrong answers further from plaintext than the tolerance
 * @param unchecked answers without a plaintext to compare with
 * @param differenceMax largest difference from plaintext
 * @param refused times until requests ended without an answer
 * @param refusals their number by reason: a problem's last word, or the kind of failure
 * @param firstFailure the first of them, in words; empty if there is none
 * @param answersPerSecond answers in each second of the run
 * @param samples of the processes that were watched
 */
record LoadReport(
    Asked asked,
    double seconds,
    Times answered,
    long wrong,
    long unchecked,
    double differenceMax,
    Times refused,
    Map<String, Long> refusals,
    String firstFailure,
    List<Integer> answersPerSecond,
    List<ProcessWatch.Sample> samples) {

  /** What the run was asked for; {@code rate} is sentences a second, 0 for as fast as they go. */
  record Asked(
      String model, String mode, int clients, int sessions, int seconds, double rate, int urls) {}

  /**
   * Times in seconds, exact to three digits.
   *
   * @param curve seconds by percentile, for a chart
   */
  record Times(
      long count,
      double median,
      double p90,
      double p99,
      double p999,
      double max,
      List<Percentile> curve) {

    private static final int STEPS_PER_HALF = 4;

    static Times of(Histogram histogram) {
      List<Percentile> curve = new ArrayList<>();
      for (HistogramIterationValue value : histogram.percentiles(STEPS_PER_HALF)) {
        curve.add(new Percentile(value.getPercentile(), value.getValueIteratedTo() / 1e6));
      }
      return new Times(
          histogram.getTotalCount(),
          histogram.getValueAtPercentile(50) / 1e6,
          histogram.getValueAtPercentile(90) / 1e6,
          histogram.getValueAtPercentile(99) / 1e6,
          histogram.getValueAtPercentile(99.9) / 1e6,
          histogram.getTotalCount() == 0 ? 0 : histogram.getMaxValue() / 1e6,
          curve);
    }
  }

  /** A point of the curve. */
  record Percentile(double percentile, double seconds) {}

  /** Answers a second. */
  double rate() {
    return answered.count() / seconds;
  }
}
