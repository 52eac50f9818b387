package io.cipherstream.workflow.metric;

import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/** How much a score would vary over development sets of the same size. */
public final class StandardErrors {

  /** Resamples that a report's bootstrap takes. */
  public static final int ROUNDS = 1000;

  private StandardErrors() {}

  /**
   * √(p(1 − p)/n) of a share p of n examples.
   *
   * @throws IllegalArgumentException if p is no share or n is below 1
   */
  public static double binomial(double share, long examples) {
    if (!(share >= 0 && share <= 1) || examples < 1) {
      throw new IllegalArgumentException(
          "share " + share + " of " + examples + " examples: expected 0 to 1 of at least one");
    }
    return Math.sqrt(share * (1 - share) / examples);
  }

  /**
   * The bootstrap: the standard deviation of a score over samples drawn from the examples with
   * replacement. Samples whose score is not finite are left out; NaN if fewer than two are left.
   * The same seed gives the same value on every machine.
   *
   * @param examples number of examples
   * @param score the score of the examples with the given indices, which may repeat
   * @param rounds samples drawn
   * @throws IllegalArgumentException if examples is below 1 or rounds below 2
   */
  public static double bootstrap(
      int examples, ToDoubleFunction<int[]> score, int rounds, long seed) {
    if (examples < 1 || rounds < 2) {
      throw new IllegalArgumentException(
          rounds + " samples of " + examples + " examples: expected at least 2 of at least 1");
    }
    Random random = new Random(seed);
    SummaryStatistics scores = new SummaryStatistics();
    int[] sample = new int[examples];
    for (int r = 0; r < rounds; r++) {
      for (int i = 0; i < examples; i++) {
        sample[i] = random.nextInt(examples);
      }
      double value = score.applyAsDouble(sample);
      if (Double.isFinite(value)) {
        scores.addValue(value);
      }
    }
    return scores.getN() < 2 ? Double.NaN : scores.getStandardDeviation();
  }
}
