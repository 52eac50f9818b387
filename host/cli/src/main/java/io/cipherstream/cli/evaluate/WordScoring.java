package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.model.Logits;
import io.cipherstream.workflow.metric.EntityMetrics;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.metric.Scores;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A label per word: the share of correct labels and, for labels O, B-… and so on, the F1 of
 * entities as conlleval counts them.
 */
final class WordScoring implements Scoring {

  /** Of the bootstrap: the same answers have the same error. */
  private static final long SEED = 1;

  private final List<String> labels;
  private final boolean entities;

  WordScoring(List<String> labels) {
    this.labels = List.copyOf(labels);
    this.entities = labels.stream().allMatch(l -> l.equals("O") || l.matches("[BIES]-.+"));
  }

  private List<String> truth(EvaluationSummary.Example example) {
    return Arrays.stream(example.asked().target()).mapToObj(t -> labels.get((int) t)).toList();
  }

  private List<String> got(EvaluationSummary.Example example) {
    return names(example.result().rows());
  }

  private List<String> plain(EvaluationSummary.Example example) {
    return names(example.plain());
  }

  private List<String> names(double[][] rows) {
    return Arrays.stream(rows).map(row -> labels.get(Logits.best(row))).toList();
  }

  @Override
  public void example(ObjectNode json, EvaluationSummary.Example example) {
    json.set("expected", Json.strings(truth(example)));
    json.set("labels", Json.strings(got(example)));
    json.set("plaintextLabels", Json.strings(plain(example)));
    json.put("logitError", example.error());
  }

  @Override
  public void summary(ObjectNode json, List<EvaluationSummary.Example> examples) {
    List<List<String>> truth = each(examples, this::truth);
    List<List<String>> got = each(examples, this::got);
    List<List<String>> plain = each(examples, this::plain);
    json.put("words", truth.stream().mapToInt(List::size).sum());
    if (entities) {
      Score f1 = Scores.words(truth, got, SEED).get(0);
      json.put("entityF1", f1.value());
      json.put("entityF1StandardError", f1.standardError());
      json.put("plaintextEntityF1", new EntityMetrics(truth, plain).all().f1());
    }
    json.put("wordAccuracy", same(truth, got));
    json.put("plaintextWordAccuracy", same(truth, plain));
    json.put("agreement", same(plain, got));
    EvaluationSummary.errors(json, "Logit", examples);
  }

  private static List<List<String>> each(
      List<EvaluationSummary.Example> examples,
      Function<EvaluationSummary.Example, List<String>> names) {
    return examples.stream().map(names).toList();
  }

  private static double same(List<List<String>> a, List<List<String>> b) {
    long same = 0;
    long all = 0;
    for (int s = 0; s < a.size(); s++) {
      for (int w = 0; w < a.get(s).size(); w++) {
        same += a.get(s).get(w).equals(b.get(s).get(w)) ? 1 : 0;
        all++;
      }
    }
    return (double) same / all;
  }

  @Override
  public void print(PrintWriter out, ObjectNode summary) {
    out.printf(Locale.ROOT, "  words               %d%n", summary.path("words").asInt());
    if (entities) {
      Scoring.line(out, summary, "entity F1", "entityF1", true);
      out.printf(
          Locale.ROOT,
          "  its standard error  %.2f %%, bootstrap over sentences%n",
          100 * summary.path("entityF1StandardError").asDouble());
    }
    Scoring.line(out, summary, "correct labels", "wordAccuracy", true);
    out.printf(
        Locale.ROOT, "  same label          %.2f %%%n", 100 * summary.path("agreement").asDouble());
    EvaluationSummary.printErrors(out, summary, "Logit");
  }
}
