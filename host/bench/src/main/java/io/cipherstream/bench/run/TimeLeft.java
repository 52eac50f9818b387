package io.cipherstream.bench.run;

import io.cipherstream.bench.report.BenchSettings;
import java.time.Duration;

/** Estimates the rest of a run: at first from the settings, then from what cases took. */
final class TimeLeft {

  private static final Duration SET_UP_IN_PROCESS = Duration.ofMillis(400);
  private static final Duration SET_UP_IN_FORK = Duration.ofMillis(1500);

  /** Weight of the first guess, in cases. */
  private static final double GUESS_WEIGHT = 8;

  private final int cases;
  private final double guessSeconds;
  private final long started = System.nanoTime();
  private int begun;

  TimeLeft(BenchSettings settings, int cases) {
    this.cases = cases;
    Duration setUp = settings.forks() == 0 ? SET_UP_IN_PROCESS : SET_UP_IN_FORK;
    this.guessSeconds = settings.perCase().plus(setUp).toMillis() / 1e3;
  }

  /** Counts a case that begins; its number from 1. */
  int begin() {
    return ++begun;
  }

  Duration estimate() {
    return estimate((System.nanoTime() - started) / 1e9);
  }

  Duration estimate(double secondsSoFar) {
    int done = Math.max(0, begun - 1);
    double perCase = (GUESS_WEIGHT * guessSeconds + secondsSoFar) / (GUESS_WEIGHT + done);
    return Duration.ofMillis(Math.round(1e3 * perCase * (cases - done)));
  }
}
