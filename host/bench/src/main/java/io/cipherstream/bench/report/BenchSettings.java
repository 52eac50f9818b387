package io.cipherstream.bench.report;

import java.time.Duration;

/**
 * How long and how often is measured.
 *
 * @param quick whether this is the short run over fewer cases
 * @param warmups iterations that do not count
 * @param iterations iterations that count, one sample each
 * @param iterationMillis shortest time of an iteration; a slower operation runs once
 * @param forks 1: each case in a Java process of its own; 0: all cases of a library in one
 */
public record BenchSettings(
    boolean quick, int warmups, int iterations, long iterationMillis, int forks) {

  /** Some 3 minutes on two cores. */
  public static final BenchSettings QUICK = new BenchSettings(true, 2, 6, 60, 0);

  /** Some 15 to 20 minutes on two cores. */
  public static final BenchSettings FULL = new BenchSettings(false, 3, 9, 120, 1);

  /** What a case takes without its set-up, if its operation is fast. */
  public Duration perCase() {
    return Duration.ofMillis((warmups + iterations) * iterationMillis);
  }
}
