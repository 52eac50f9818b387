package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.workflow.metric.LabelSetMetrics;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Any number of labels per text, those of probability 1/2 or more: F1 over all labels together and
 * as the mean of labels, the share of texts with exactly their labels, and the largest error of a
 * logit.
 */
final class LabelSetScoring implements Scoring {

  private final List<String> labels;

  LabelSetScoring(List<String> labels) {
    this.labels = List.copyOf(labels);
  }

  private static boolean[] truth(EvaluationSummary.Example example) {
    return holding(example.asked().target(), 1);
  }

  private static boolean[] got(EvaluationSummary.Example example) {
    return holding(example.result().rows()[0], 0);
  }

  private static boolean[] plain(EvaluationSummary.Example example) {
    return holding(example.plain()[0], 0);
  }

  /** Which values are at least a bound. */
  private static boolean[] holding(double[] values, double bound) {
    boolean[] out = new boolean[values.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = values[k] >= bound;
    }
    return out;
  }

  private List<String> names(boolean[] holding) {
    return IntStream.range(0, holding.length)
        .filter(k -> holding[k])
        .mapToObj(labels::get)
        .toList();
  }

  @Override
  public void example(ObjectNode json, EvaluationSummary.Example example) {
    json.set("expected", Json.strings(names(truth(example))));
    json.set("labels", Json.strings(names(got(example))));
    Scoring.logits(json, example);
  }

  @Override
  public void summary(ObjectNode json, List<EvaluationSummary.Example> examples) {
    LabelSetMetrics got = metrics(examples, LabelSetScoring::got);
    LabelSetMetrics plain = metrics(examples, LabelSetScoring::plain);
    json.put("microF1", got.microF1());
    json.put("plaintextMicroF1", plain.microF1());
    json.put("macroF1", got.macroF1());
    json.put("plaintextMacroF1", plain.macroF1());
    json.put("exactMatch", got.exactMatch());
    json.put("plaintextExactMatch", plain.exactMatch());
    json.put(
        "agreement",
        (double) examples.stream().filter(e -> Arrays.equals(got(e), plain(e))).count()
            / examples.size());
    EvaluationSummary.errors(json, "Logit", examples);
  }

  private static LabelSetMetrics metrics(
      List<EvaluationSummary.Example> examples,
      Function<EvaluationSummary.Example, boolean[]> answer) {
    return new LabelSetMetrics(
        examples.stream().map(LabelSetScoring::truth).toArray(boolean[][]::new),
        examples.stream().map(answer).toArray(boolean[][]::new));
  }

  @Override
  public void print(PrintWriter out, ObjectNode summary) {
    Scoring.line(out, summary, "micro F1", "microF1", true);
    Scoring.line(out, summary, "macro F1", "macroF1", true);
    Scoring.line(out, summary, "exactly its labels", "exactMatch", true);
    out.printf(
        Locale.ROOT, "  same labels         %.2f %%%n", 100 * summary.path("agreement").asDouble());
    EvaluationSummary.printErrors(out, summary, "Logit");
  }
}
