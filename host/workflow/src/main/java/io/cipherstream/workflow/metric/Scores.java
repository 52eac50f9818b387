package io.cipherstream.workflow.metric;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The scores that a report shows for each kind of task; the first is the one for choices. */
public final class Scores {

  private Scores() {}

  /**
   * Classes of texts: accuracy (binomial error), for two classes F1 of the second, otherwise macro
   * F1, and Matthews' correlation (bootstrap errors).
   *
   * @throws IllegalArgumentException as {@link ClassMetrics}
   */
  public static List<Score> classes(int classes, int[] truth, int[] predicted, long seed) {
    return all(Samplers.classes(classes, truth, predicted), truth.length, seed);
  }

  /**
   * Values: Pearson's and Spearman's correlation (bootstrap errors).
   *
   * @throws IllegalArgumentException as {@link Correlation#pearson}
   */
  public static List<Score> values(double[] truth, double[] predicted, long seed) {
    return all(Samplers.values(truth, predicted), truth.length, seed);
  }

  /**
   * Tags of words: entity F1 (bootstrap over sentences) and the share of correct tags.
   *
   * @throws IllegalArgumentException as {@link EntityMetrics}
   */
  public static List<Score> words(
      List<List<String>> truth, List<List<String>> predicted, long seed) {
    return all(Samplers.words(truth, predicted), truth.size(), seed);
  }

  private static List<Score> all(
      Map<String, ToDoubleFunction<int[]>> samplers, int examples, long seed) {
    int[] all = IntStream.range(0, examples).toArray();
    return samplers.entrySet().stream()
        .map(
            e -> {
              double value = e.getValue().applyAsDouble(all);
              double error =
                  e.getKey().equals(Samplers.ACCURACY)
                      ? StandardErrors.binomial(value, examples)
                      : StandardErrors.bootstrap(
                          examples, e.getValue(), StandardErrors.ROUNDS, seed);
              return new Score(e.getKey(), value, error);
            })
        .toList();
  }
}
