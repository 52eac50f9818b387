package io.cipherstream.workflow.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The figures that a report shows for each kind of task, the one to choose by first. */
public final class Scores {

  private Scores() {}

  /**
   * Classes of texts: accuracy (binomial error), for two classes F1 of the second, otherwise macro
   * F1, and Matthews' correlation (bootstrap errors).
   *
   * @throws IllegalArgumentException as {@link ClassMetrics}
   */
  public static List<Score> classes(int classes, int[] truth, int[] predicted, long seed) {
    ClassMetrics metrics = new ClassMetrics(classes, truth, predicted);
    double accuracy = metrics.accuracy();
    List<Score> out = new ArrayList<>();
    out.add(new Score("accuracy", accuracy, StandardErrors.binomial(accuracy, truth.length)));
    ToDoubleFunction<ClassMetrics> f1 = classes == 2 ? m -> m.f1(1) : ClassMetrics::macroF1;
    out.add(classScore(classes == 2 ? "f1" : "macroF1", f1, classes, truth, predicted, seed));
    out.add(classScore("matthews", ClassMetrics::matthews, classes, truth, predicted, seed));
    return List.copyOf(out);
  }

  private static Score classScore(
      String name,
      ToDoubleFunction<ClassMetrics> metric,
      int classes,
      int[] truth,
      int[] predicted,
      long seed) {
    ToDoubleFunction<int[]> ofSample =
        s -> metric.applyAsDouble(new ClassMetrics(classes, pick(truth, s), pick(predicted, s)));
    return score(name, truth.length, ofSample, seed);
  }

  /**
   * Values: Pearson's and Spearman's correlation (bootstrap errors).
   *
   * @throws IllegalArgumentException as {@link Correlation#pearson}
   */
  public static List<Score> values(double[] truth, double[] predicted, long seed) {
    return List.of(
        score(
            "pearson",
            truth.length,
            s -> Correlation.pearson(pick(truth, s), pick(predicted, s)),
            seed),
        score(
            "spearman",
            truth.length,
            s -> Correlation.spearman(pick(truth, s), pick(predicted, s)),
            seed));
  }

  /**
   * Tags of words: entity F1 (bootstrap over sentences) and the share of right tags.
   *
   * @throws IllegalArgumentException as {@link EntityMetrics}
   */
  public static List<Score> words(
      List<List<String>> truth, List<List<String>> predicted, long seed) {
    ToDoubleFunction<int[]> f1 =
        s -> new EntityMetrics(pick(truth, s), pick(predicted, s)).all().f1();
    ToDoubleFunction<int[]> right = s -> rightTags(pick(truth, s), pick(predicted, s));
    return List.of(
        score("entityF1", truth.size(), f1, seed),
        score("wordAccuracy", truth.size(), right, seed));
  }

  private static Score score(
      String name, int examples, ToDoubleFunction<int[]> ofSample, long seed) {
    int[] all = IntStream.range(0, examples).toArray();
    return new Score(
        name,
        ofSample.applyAsDouble(all),
        StandardErrors.bootstrap(examples, ofSample, StandardErrors.ROUNDS, seed));
  }

  private static double rightTags(List<List<String>> truth, List<List<String>> predicted) {
    long right = 0;
    long all = 0;
    for (int s = 0; s < truth.size(); s++) {
      for (int w = 0; w < truth.get(s).size(); w++) {
        right += truth.get(s).get(w).equals(predicted.get(s).get(w)) ? 1 : 0;
        all++;
      }
    }
    return (double) right / all;
  }

  private static int[] pick(int[] values, int[] sample) {
    return Arrays.stream(sample).map(i -> values[i]).toArray();
  }

  private static double[] pick(double[] values, int[] sample) {
    return Arrays.stream(sample).mapToDouble(i -> values[i]).toArray();
  }

  private static <T> List<T> pick(List<T> values, int[] sample) {
    return Arrays.stream(sample).mapToObj(values::get).toList();
  }
}
