package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class EvaluationSummaryTest {

  @Test
  void countsAndMeasures() {
    EvaluationSummary summary = new EvaluationSummary("m", "paper", "seal");
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
        new LabelledText(2, "text", Integer.toString(label)),
        label,
        plain,
        new ExampleRunner.Result(logits, seconds, 0.25, 0.5, seconds, 1, 2, 10, 5),
        4);
  }
}
