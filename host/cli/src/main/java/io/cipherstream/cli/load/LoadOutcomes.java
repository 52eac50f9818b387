package io.cipherstream.cli.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What the clients of one run got, counted while it goes on. Thread-safe. */
final class LoadOutcomes {

  /** Longest time that is told apart, in microseconds: an hour. */
  private static final long MICROS_MAX = 3_600_000_000L;

  private static final int DIGITS = 3;

  private final Histogram answered = new ConcurrentHistogram(MICROS_MAX, DIGITS);
  private final Histogram refused = new ConcurrentHistogram(MICROS_MAX, DIGITS);
  private final Map<String, Long> refusals = new TreeMap<>();
  private final List<Integer> perSecond = new ArrayList<>();
  private final long started = System.nanoTime();
  private long wrong;
  private long unchecked;
  private double differenceMax;
  private String firstFailure = "";

  /** An answer came after that time; {@code difference} is its largest, NaN if it has no other. */
  synchronized void answer(long nanos, double difference, double tolerance) {
    answered.recordValue(micros(nanos));
    int second = (int) ((System.nanoTime() - started) / 1_000_000_000L);
    while (perSecond.size() <= second) {
      perSecond.add(0);
    }
    perSecond.set(second, perSecond.get(second) + 1);
    if (Double.isNaN(difference)) {
      unchecked++;
    } else {
      differenceMax = Math.max(differenceMax, difference);
      wrong += difference > tolerance ? 1 : 0;
    }
  }

  /** A request ended without an answer after that time, for that reason. */
  synchronized void refusal(long nanos, String reason, String text) {
    refused.recordValue(micros(nanos));
    refusals.merge(reason, 1L, Long::sum);
    if (firstFailure.isEmpty()) {
      firstFailure = reason + ": " + text;
    }
  }

  private static long micros(long nanos) {
    return Math.min(MICROS_MAX, Math.max(1, nanos / 1000));
  }

  /** How it stands now. */
  synchronized LoadReport report(LoadReport.Asked asked, List<ProcessWatch.Sample> samples) {
    return new LoadReport(
        asked,
        (System.nanoTime() - started) / 1e9,
        LoadReport.Times.of(answered),
        wrong,
        unchecked,
        differenceMax,
        LoadReport.Times.of(refused),
        new TreeMap<>(refusals),
        firstFailure,
        List.copyOf(perSecond),
        List.copyOf(samples));
  }
}
