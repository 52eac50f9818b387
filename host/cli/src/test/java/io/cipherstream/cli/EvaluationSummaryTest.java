package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.model.Question;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationSummaryTest {

  @Test
  void countsAndMeasures() {
    EvaluationSummary summary =
        new EvaluationSummary("m", "paper", "seal", new ClassScoring(List.of("no", "yes")));
    add(summary, 1, new double[] {0, 1}, new double[] {0.25, 1}, 2.0);
    add(summary, 0, new double[] {0, 1}, new double[] {0, 1.125}, 4.0);
    add(summary, 1, new double[] {0.5, 0.25}, new double[] {0.25, 0.5}, 3.0);
    ObjectNode json = summary.json();
    assertThat(json.path("examples").asInt()).isEqualTo(3);
    assertThat(json.path("accuracy").asDouble()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(json.path("plaintextAccuracy").asDouble()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(json.path("agreement").asDouble()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(json.path("maxLogitError").asDouble()).isEqualTo(0.25);
    assertThat(json.path("serverSecondsMedian").asDouble()).isEqualTo(3.0);
    assertThat(json.path("keyBytes").asLong()).isEqualTo(30);
  }

  @Test
  void aLogitThatIsNoNumberIsAnInfiniteError() {
    assertThat(EvaluationSummary.largestDifference(new double[] {1}, new double[] {Double.NaN}))
        .isInfinite();
  }

  @Test
  void medianOfAnEvenCountIsTheMiddle() {
    assertThat(EvaluationSummary.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
  }

  private static void add(
      EvaluationSummary summary, int label, double[] plain, double[] logits, double seconds) {
    summary.add(
        new EvaluationCase(2, new Question.Text("text"), new double[] {label}),
        new double[][] {plain},
        result(seconds, logits),
        4);
  }

  private static ExampleRunner.Result result(double seconds, double[]... rows) {
    return new ExampleRunner.Result(rows, seconds, 0.25, 0.5, seconds, 1, 2, 10, 5);
  }

  @Test
  void valuesAreScoredByCorrelation() {
    EvaluationSummary summary = new EvaluationSummary("m", "paper", "seal", new ValueScoring());
    double[][] cases = {{0, 0.5, 0.5}, {2, 2.5, 2.25}, {4, 4.5, 4.5}};
    for (double[] c : cases) {
      summary.add(
          new EvaluationCase(2, new Question.Pair("a", "b"), new double[] {c[0]}),
          new double[][] {{c[1]}},
          result(1, new double[] {c[2]}),
          4);
    }
    ObjectNode json = summary.json();
    assertThat(json.path("plaintextPearson").asDouble()).isCloseTo(1, within(1e-12));
    assertThat(json.path("pearson").asDouble()).isBetween(0.99, 0.9999);
    assertThat(json.path("spearman").asDouble()).isCloseTo(1, within(1e-12));
    assertThat(json.path("maxValueError").asDouble()).isEqualTo(0.25);
    assertThat(json.path("plaintextRootMeanSquareError").asDouble()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void aCorrelationThatIsNotDefinedIsNull() {
    EvaluationSummary summary = new EvaluationSummary("m", "paper", "seal", new ValueScoring());
    summary.add(
        new EvaluationCase(2, new Question.Text("a"), new double[] {1}),
        new double[][] {{1}},
        result(1, new double[] {1}),
        4);
    assertThat(summary.json().path("pearson").isNull()).isTrue();
  }

  @Test
  void wordsAreScoredByEntities() {
    List<String> labels = List.of("O", "B-LOC", "I-LOC");
    EvaluationSummary summary =
        new EvaluationSummary("m", "paper", "seal", new WordScoring(labels));
    double[] o = {1, 0, 0};
    double[] b = {0, 1, 0};
    double[] i = {0, 0, 1};
    summary.add(
        new EvaluationCase(1, Question.Words.of("New York is big"), new double[] {1, 2, 0, 0}),
        new double[][] {b, i, o, o},
        result(1, b, o, o, b),
        6);
    ObjectNode json = summary.json();
    assertThat(json.path("words").asInt()).isEqualTo(4);
    assertThat(json.path("plaintextEntityF1").asDouble()).isEqualTo(1);
    assertThat(json.path("entityF1").asDouble()).isEqualTo(0);
    assertThat(json.path("wordAccuracy").asDouble()).isEqualTo(0.5);
    assertThat(json.path("agreement").asDouble()).isEqualTo(0.5);
    assertThat(json.path("maxLogitError").asDouble()).isEqualTo(1);
  }
}
