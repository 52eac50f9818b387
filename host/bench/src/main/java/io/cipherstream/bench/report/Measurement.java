package io.cipherstream.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * What one case gave.
 *
 * @param unit of the samples
 * @param samples null if it failed
 * @param wordsDigest SHA-256 of the result's words; null where there are none to compare
 * @param wordsEqual whether those words equal the reference engine's; null if not compared
 * @param failure why there are no samples; null if there are
 */
public record Measurement(
    BenchCase what,
    String unit,
    @Nullable Samples samples,
    @Nullable String wordsDigest,
    @Nullable Boolean wordsEqual,
    @Nullable String failure) {

  /** Wall time divided by the number of operations that all threads finished in it. */
  public static final String MICROSECONDS = "µs";

  public static final String SECONDS = "s";

  public static Measurement failed(BenchCase what, String failure) {
    return new Measurement(what, MICROSECONDS, null, null, null, failure);
  }

  Measurement withWordsEqual(@Nullable Boolean equal) {
    return new Measurement(what, unit, samples, wordsDigest, equal, failure);
  }
}
