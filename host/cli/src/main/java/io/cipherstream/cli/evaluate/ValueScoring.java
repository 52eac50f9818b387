package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.workflow.metric.Correlation;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One value per text: correlations with the true values, their distance, and the largest error. */
final class ValueScoring implements Scoring {

  private static double got(EvaluationSummary.Example example) {
    return example.result().rows()[0][0];
  }

  private static double plain(EvaluationSummary.Example example) {
    return example.plain()[0][0];
  }

  @Override
  public void example(ObjectNode json, EvaluationSummary.Example example) {
    json.put("expected", example.asked().target()[0]);
    json.put("value", got(example));
    json.put("plaintextValue", plain(example));
    json.put("valueError", example.error());
  }

  @Override
  public void summary(ObjectNode json, List<EvaluationSummary.Example> examples) {
    double[] truth = examples.stream().mapToDouble(e -> e.asked().target()[0]).toArray();
    figures(
        json,
        "pearson",
        "spearman",
        "rootMeanSquareError",
        truth,
        each(examples, ValueScoring::got));
    figures(
        json,
        "plaintextPearson",
        "plaintextSpearman",
        "plaintextRootMeanSquareError",
        truth,
        each(examples, ValueScoring::plain));
    EvaluationSummary.errors(json, "Value", examples);
  }

  private static double[] each(
      List<EvaluationSummary.Example> examples, ToDoubleFunction<EvaluationSummary.Example> value) {
    return examples.stream().mapToDouble(value).toArray();
  }

  private static void figures(
      ObjectNode json,
      String pearson,
      String spearman,
      String distance,
      double[] truth,
      double[] values) {
    boolean some = truth.length > 1;
    Scoring.put(json, pearson, some ? Correlation.pearson(truth, values) : Double.NaN);
    Scoring.put(json, spearman, some ? Correlation.spearman(truth, values) : Double.NaN);
    double square = 0;
    for (int i = 0; i < truth.length; i++) {
      square += (truth[i] - values[i]) * (truth[i] - values[i]);
    }
    Scoring.put(json, distance, Math.sqrt(square / truth.length));
  }

  @Override
  public void print(PrintWriter out, ObjectNode summary) {
    Scoring.line(out, summary, "Pearson", "pearson", false);
    Scoring.line(out, summary, "Spearman", "spearman", false);
    Scoring.line(out, summary, "root mean square", "rootMeanSquareError", false);
    EvaluationSummary.printErrors(out, summary, "Value");
  }
}
