package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.model.Logits;
import io.cipherstream.workflow.metric.ClassMetrics;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** One class per text: accuracy, F1, Matthews' correlation, and the largest error of a logit. */
final class ClassScoring implements Scoring {

  private final List<String> labels;

  ClassScoring(List<String> labels) {
    this.labels = List.copyOf(labels);
  }

  private static int truth(EvaluationSummary.Example example) {
    return (int) example.asked().target()[0];
  }

  private static int got(EvaluationSummary.Example example) {
    return Logits.best(example.result().rows()[0]);
  }

  private static int plain(EvaluationSummary.Example example) {
    return Logits.best(example.plain()[0]);
  }

  @Override
  public void example(ObjectNode json, EvaluationSummary.Example example) {
    json.put("expected", labels.get(truth(example)));
    json.put("label", labels.get(got(example)));
    Scoring.logits(json, example);
  }

  @Override
  public void summary(ObjectNode json, List<EvaluationSummary.Example> examples) {
    ClassMetrics got = metrics(examples, ClassScoring::got);
    ClassMetrics plain = metrics(examples, ClassScoring::plain);
    json.put("accuracy", got.accuracy());
    json.put("plaintextAccuracy", plain.accuracy());
    json.put(
        "agreement",
        (double) examples.stream().filter(e -> got(e) == plain(e)).count() / examples.size());
    String f1 = labels.size() == 2 ? "f1" : "macroF1";
    json.put(f1, f1(got));
    json.put(labels.size() == 2 ? "plaintextF1" : "plaintextMacroF1", f1(plain));
    Scoring.put(json, "matthews", got.matthews());
    Scoring.put(json, "plaintextMatthews", plain.matthews());
    EvaluationSummary.errors(json, "Logit", examples);
  }

  private double f1(ClassMetrics metrics) {
    return labels.size() == 2 ? metrics.f1(1) : metrics.macroF1();
  }

  private ClassMetrics metrics(
      List<EvaluationSummary.Example> examples, ToIntFunction<EvaluationSummary.Example> answer) {
    return new ClassMetrics(
        labels.size(),
        examples.stream().mapToInt(ClassScoring::truth).toArray(),
        examples.stream().mapToInt(answer).toArray());
  }

  @Override
  public void print(PrintWriter out, ObjectNode summary) {
    Scoring.line(out, summary, "accuracy", "accuracy", true);
    Scoring.line(
        out,
        summary,
        labels.size() == 2 ? "F1 of " + labels.get(1) : "macro F1",
        labels.size() == 2 ? "f1" : "macroF1",
        true);
    out.printf(
        Locale.ROOT, "  same label          %.2f %%%n", 100 * summary.path("agreement").asDouble());
    EvaluationSummary.printErrors(out, summary, "Logit");
  }
}
