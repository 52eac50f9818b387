package io.cipherstream.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.Question;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.DataException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationSummaryTest {

  @Test
  void countsAndMeasures() {
    EvaluationSummary summary =
        new EvaluationSummary(
            "m", "paper", new ClassScoring(List.of("no", "yes")), BadRows.skipped());
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

  /** A label holds from logit 0 on, which is probability 1/2. */
  @Test
  void anyNumberOfLabels() {
    EvaluationSummary summary =
        new EvaluationSummary(
            "m", "hybrid", new LabelSetScoring(List.of("loud", "long")), BadRows.skipped());
    add(summary, new double[] {1, 0}, new double[] {0, -1}, new double[] {0.25, -1}, 1);
    add(summary, new double[] {0, 0}, new double[] {1, -1}, new double[] {-0.5, -1}, 1);
    add(summary, new double[] {1, 1}, new double[] {1, 1}, new double[] {1, -0.125}, 1);
    ObjectNode json = summary.json();
    assertThat(json.path("microF1").asDouble()).isCloseTo(4.0 / 5, within(1e-12));
    assertThat(json.path("macroF1").asDouble()).isCloseTo(1.0 / 2, within(1e-12));
    assertThat(json.path("exactMatch").asDouble()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(json.path("plaintextMicroF1").asDouble()).isCloseTo(6.0 / 7, within(1e-12));
    assertThat(json.path("agreement").asDouble()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(json.path("maxLogitError").asDouble()).isEqualTo(1.5);
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
    add(summary, new double[] {label}, plain, logits, seconds);
  }

  private static void add(
      EvaluationSummary summary, double[] target, double[] plain, double[] logits, double seconds) {
    summary.add(
        new EvaluationCase(2, new Question.Text("text"), target),
        new double[][] {plain},
        result(seconds, logits),
        tokens(4));
  }

  private static EncodedQuestion tokens(int count) {
    return new EncodedQuestion(
        TokenSequence.of(new int[count]), new int[1], new int[] {0, 1, 2, 3});
  }

  private static ExampleRunner.Result result(double seconds, double[]... rows) {
    return new ExampleRunner.Result(
        rows, seconds, 0.25, 0.5, seconds, 1, 2, 10, 5, "seal", List.of(), 1);
  }

  @Test
  void valuesAreScoredByCorrelation() {
    EvaluationSummary summary =
        new EvaluationSummary("m", "paper", new ValueScoring(), BadRows.skipped());
    double[][] cases = {{0, 0.5, 0.5}, {2, 2.5, 2.25}, {4, 4.5, 4.5}};
    for (double[] c : cases) {
      summary.add(
          new EvaluationCase(2, new Question.Pair("a", "b"), new double[] {c[0]}),
          new double[][] {{c[1]}},
          result(1, new double[] {c[2]}),
          tokens(4));
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
    EvaluationSummary summary =
        new EvaluationSummary("m", "paper", new ValueScoring(), BadRows.skipped());
    summary.add(
        new EvaluationCase(2, new Question.Text("a"), new double[] {1}),
        new double[][] {{1}},
        result(1, new double[] {1}),
        tokens(4));
    assertThat(summary.json().path("pearson").isNull()).isTrue();
  }

  @Test
  void wordsAreScoredByEntities() {
    List<String> labels = List.of("O", "B-LOC", "I-LOC");
    EvaluationSummary summary =
        new EvaluationSummary("m", "paper", new WordScoring(labels), BadRows.skipped());
    double[] o = {1, 0, 0};
    double[] b = {0, 1, 0};
    double[] i = {0, 0, 1};
    summary.add(
        new EvaluationCase(1, Question.Words.of("New York is big"), new double[] {1, 2, 0, 0}),
        new double[][] {b, i, o, o},
        result(1, b, o, o, b),
        tokens(6));
    ObjectNode json = summary.json();
    assertThat(json.path("words").asInt()).isEqualTo(4);
    assertThat(json.path("plaintextEntityF1").asDouble()).isEqualTo(1);
    assertThat(json.path("entityF1").asDouble()).isEqualTo(0);
    assertThat(json.path("wordAccuracy").asDouble()).isEqualTo(0.5);
    assertThat(json.path("agreement").asDouble()).isEqualTo(0.5);
    assertThat(json.path("maxLogitError").asDouble()).isEqualTo(1);
    assertThat(json.path("entityF1StandardError").asDouble()).as("one sentence").isZero();

    summary.add(
        new EvaluationCase(2, Question.Words.of("big York"), new double[] {0, 1}),
        new double[][] {o, b},
        result(1, o, b),
        tokens(4));
    // drawn twice each or one of each: F1 is 0, 0.4 or 1, with 1/4, 1/2 and 1/4; deviation 0.357
    assertThat(summary.json().path("entityF1").asDouble()).isEqualTo(0.4);
    assertThat(summary.json().path("entityF1StandardError").asDouble())
        .isCloseTo(0.357, within(0.03));
  }

  @Test
  void sumsWhatWasCutAndLeftOutAndNamesWhatComputed() {
    BadRows bad = BadRows.skipped();
    bad.add(new DataException(DataException.Kind.LABEL, "d.tsv line 3: label '-'"));
    EvaluationSummary summary =
        new EvaluationSummary("m", "paper", new WordScoring(List.of("O", "B-LOC")), bad);
    EncodedQuestion cut =
        new EncodedQuestion(TokenSequence.of(new int[4]), new int[] {1, 2}, new int[] {0, 1}, 3, 2);
    EvaluationCase asked =
        new EvaluationCase(1, Question.Words.of("a b c d"), new double[] {0, 1, 0, 0});
    double[] o = {1, 0};
    double[] b = {0, 1};
    summary.add(asked.answered(cut.words()), new double[][] {o, b}, result(1, o, b), cut);
    ExampleRunner.Result again =
        new ExampleRunner.Result(
            new double[][] {o, o}, 1, 0, 0, 1, 1, 1, 0, 5, "seal-limb", List.of("opencl:x"), 2);
    summary.add(asked.answered(cut.words()), new double[][] {o, b}, again, cut);
    ObjectNode json = summary.json();
    assertThat(json.path("words").asInt()).isEqualTo(4);
    assertThat(json.path("wordAccuracy").asDouble()).isEqualTo(0.75);
    assertThat(json.path("textsCut").asInt()).isEqualTo(2);
    assertThat(json.path("tokensLeftOut").asInt()).isEqualTo(6);
    assertThat(json.path("wordsLeftOut").asInt()).isEqualTo(4);
    assertThat(json.path("engine").asText()).isEqualTo("seal, seal-limb");
    assertThat(json.path("enginesFailed").asInt()).isEqualTo(1);
    assertThat(json.path("examplesShared").asInt()).isEqualTo(1);
    assertThat(json.path("serverSecondsMedian").asDouble()).isEqualTo(1);
    assertThat(json.path("inferenceSecondsMedian").asDouble()).isEqualTo(1.5);
    assertThat(json.path("badRows").path("reasons").path("label").asInt()).isEqualTo(1);
    assertThat(json.path("badRows").path("listed").get(0).asText()).contains("line 3");
  }
}
