package io.cipherstream.workflow.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Every score of a kind of task as a function of the indices, from 0, of the counted examples,
 * which may repeat: the input of a bootstrap. Maps are keyed by the score's name; the first is the
 * one for choices.
 */
final class Samplers {

  static final String ACCURACY = "accuracy";

  private Samplers() {}

  /** Accuracy, F1 (of the second of two classes, else macro) and Matthews' correlation. */
  static Map<String, ToDoubleFunction<int[]>> classes(int classes, int[] truth, int[] predicted) {
    Checks.sameSize(truth.length, predicted.length);
    Map<String, ToDoubleFunction<int[]>> out = new LinkedHashMap<>();
    out.put(ACCURACY, ofClasses(ClassMetrics::accuracy, classes, truth, predicted));
    if (classes == 2) {
      out.put("f1", ofClasses(m -> m.f1(1), classes, truth, predicted));
    } else {
      out.put("macroF1", ofClasses(ClassMetrics::macroF1, classes, truth, predicted));
    }
    out.put("matthews", ofClasses(ClassMetrics::matthews, classes, truth, predicted));
    return Collections.unmodifiableMap(out);
  }

  private static ToDoubleFunction<int[]> ofClasses(
      ToDoubleFunction<ClassMetrics> metric, int classes, int[] truth, int[] predicted) {
    return s -> metric.applyAsDouble(new ClassMetrics(classes, pick(truth, s), pick(predicted, s)));
  }

  /** Pearson's and Spearman's correlation. */
  static Map<String, ToDoubleFunction<int[]>> values(double[] truth, double[] predicted) {
    Checks.sameSize(truth.length, predicted.length);
    Map<String, ToDoubleFunction<int[]>> out = new LinkedHashMap<>();
    out.put("pearson", s -> Correlation.pearson(pick(truth, s), pick(predicted, s)));
    out.put("spearman", s -> Correlation.spearman(pick(truth, s), pick(predicted, s)));
    return Collections.unmodifiableMap(out);
  }

  /** Entity F1 and the share of correct tags; an example is a sentence, counted once. */
  static Map<String, ToDoubleFunction<int[]>> words(
      List<List<String>> truth, List<List<String>> predicted) {
    Checks.sameSize(truth.size(), predicted.size());
    List<EntityMetrics.Counts> entities = new ArrayList<>();
    long[] right = new long[truth.size()];
    for (int s = 0; s < truth.size(); s++) {
      entities.add(new EntityMetrics(truth.subList(s, s + 1), predicted.subList(s, s + 1)).all());
      for (int w = 0; w < truth.get(s).size(); w++) {
        right[s] += truth.get(s).get(w).equals(predicted.get(s).get(w)) ? 1 : 0;
      }
    }
    Map<String, ToDoubleFunction<int[]>> out = new LinkedHashMap<>();
    out.put(
        "entityF1",
        sample ->
            Arrays.stream(sample)
                .mapToObj(entities::get)
                .reduce(new EntityMetrics.Counts(0, 0, 0), EntityMetrics.Counts::plus)
                .f1());
    out.put(
        "wordAccuracy",
        sample ->
            (double) Arrays.stream(sample).mapToLong(s -> right[s]).sum()
                / Arrays.stream(sample).mapToLong(s -> truth.get(s).size()).sum());
    return Collections.unmodifiableMap(out);
  }

  private static int[] pick(int[] values, int[] sample) {
    int[] out = new int[sample.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[sample[i]];
    }
    return out;
  }

  private static double[] pick(double[] values, int[] sample) {
    double[] out = new double[sample.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[sample[i]];
    }
    return out;
  }
}
