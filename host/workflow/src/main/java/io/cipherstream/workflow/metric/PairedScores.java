package io.cipherstream.workflow.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The difference of two models' scores on the same examples. Both tend to fail on the same hard
 * ones, so the difference varies less than either score: its error comes from the examples on which
 * they differ. Several trainings of a model count as their mean. The error is that of drawing other
 * examples, not that of training with other seeds.
 */
public final class PairedScores {

  private PairedScores() {}

  /**
   * The mean of dᵢ = aᵢ − bᵢ with the error √(Σ(dᵢ − d̄)²) / n. For hits, 0 or 1, this is √(n₁₀ +
   * n₀₁ − (n₁₀ − n₀₁)²/n) / n with the numbers of examples that only one of the two has right, the
   * error of a difference of paired shares that goes with McNemar's test.
   *
   * @param name of the score
   * @throws IllegalArgumentException if the arrays differ in length or are empty
   */
  public static Score mean(String name, double[] values, double[] reference) {
    Checks.sameSize(values.length, reference.length);
    int n = values.length;
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += (values[i] - reference[i]) / n;
    }
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double off = values[i] - reference[i] - mean;
      squares += off * off;
    }
    return new Score(name, mean, Math.sqrt(squares) / n);
  }

  /**
   * Differences of {@link Scores#classes}, of the same names: accuracy by {@link #mean}, the others
   * by a paired bootstrap.
   *
   * @param predicted classes that the model gave, one array a training
   * @param reference classes that the other model gave
   * @throws IllegalArgumentException as {@link ClassMetrics}, or if there are no predictions of one
   *     of them
   */
  public static List<Score> classes(
      int classes, int[] truth, List<int[]> predicted, List<int[]> reference, long seed) {
    List<Score> out = new ArrayList<>();
    out.add(mean(Samplers.ACCURACY, meanHits(truth, predicted), meanHits(truth, reference)));
    out.addAll(
        bootstrapped(
            predicted.stream().map(p -> Samplers.classes(classes, truth, p)).toList(),
            reference.stream().map(p -> Samplers.classes(classes, truth, p)).toList(),
            truth.length,
            seed));
    return List.copyOf(out);
  }

  private static double[] meanHits(int[] truth, List<int[]> predictions) {
    double[] out = new double[truth.length];
    for (int[] predicted : predictions) {
      Checks.sameSize(truth.length, predicted.length);
      for (int i = 0; i < out.length; i++) {
        out[i] += truth[i] == predicted[i] ? 1.0 / predictions.size() : 0;
      }
    }
    return out;
  }

  /**
   * Differences of {@link Scores#values} by a paired bootstrap.
   *
   * @throws IllegalArgumentException as {@link Correlation#pearson}, or if there are no predictions
   *     of one of them
   */
  public static List<Score> values(
      double[] truth, List<double[]> predicted, List<double[]> reference, long seed) {
    return bootstrapped(
        predicted.stream().map(p -> Samplers.values(truth, p)).toList(),
        reference.stream().map(p -> Samplers.values(truth, p)).toList(),
        truth.length,
        seed);
  }

  /**
   * Differences of {@link Scores#words} by a paired bootstrap over sentences.
   *
   * @throws IllegalArgumentException as {@link EntityMetrics}, or if there are no predictions of
   *     one of them
   */
  public static List<Score> words(
      List<List<String>> truth,
      List<List<List<String>>> predicted,
      List<List<List<String>>> reference,
      long seed) {
    return bootstrapped(
        predicted.stream().map(p -> Samplers.words(truth, p)).toList(),
        reference.stream().map(p -> Samplers.words(truth, p)).toList(),
        truth.size(),
        seed);
  }

  private static List<Score> bootstrapped(
      List<Map<String, ToDoubleFunction<int[]>>> predicted,
      List<Map<String, ToDoubleFunction<int[]>>> reference,
      int examples,
      long seed) {
    if (predicted.isEmpty() || reference.isEmpty()) {
      throw new IllegalArgumentException(
          predicted.size()
              + " and "
              + reference.size()
              + " trainings: expected at least one of each");
    }
    int[] all = IntStream.range(0, examples).toArray();
    List<Score> out = new ArrayList<>();
    for (String name : predicted.get(0).keySet()) {
      if (name.equals(Samplers.ACCURACY)) {
        continue; // Has a closed form.
      }
      ToDoubleFunction<int[]> difference =
          s -> meanOf(predicted, name, s) - meanOf(reference, name, s);
      out.add(
          new Score(
              name,
              difference.applyAsDouble(all),
              StandardErrors.bootstrap(examples, difference, StandardErrors.ROUNDS, seed)));
    }
    return List.copyOf(out);
  }

  private static double meanOf(
      List<Map<String, ToDoubleFunction<int[]>>> models, String name, int[] sample) {
    double sum = 0;
    for (Map<String, ToDoubleFunction<int[]>> model : models) {
      ToDoubleFunction<int[]> score = model.get(name);
      sum += score == null ? Double.NaN : score.applyAsDouble(sample);
    }
    return sum / models.size();
  }
}
