package io.cipherstream.workflow.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Expected values: scikit-learn's accuracy_score, f1_score, matthews_corrcoef and SciPy's pearsonr,
 * spearmanr on the same 300 examples, November 2026.
 */
class ClassMetricsTest {

  private static final int COUNT = 300;

  private final int[] truth = new int[COUNT];
  private final int[] predicted = new int[COUNT];
  private final double[] values = new double[COUNT];
  private final double[] guesses = new double[COUNT];

  ClassMetricsTest() {
    Sequence sequence = new Sequence(99);
    for (int i = 0; i < COUNT; i++) {
      truth[i] = sequence.next(3);
      predicted[i] = sequence.next(3) != 0 ? truth[i] : sequence.next(3);
      values[i] = sequence.next(51) / 10.0;
      guesses[i] = values[i] * 0.7 + sequence.next(100) / 25.0;
    }
  }

  @Test
  void threeClassesAsScikitLearn() {
    ClassMetrics metrics = new ClassMetrics(3, truth, predicted);
    assertThat(metrics.accuracy()).isCloseTo(0.7933333333333333, within(1e-15));
    assertThat(metrics.matthews()).isCloseTo(0.6905760233844719, within(1e-14));
    assertThat(metrics.f1(0)).isCloseTo(0.8177777777777778, within(1e-14));
    assertThat(metrics.f1(1)).isCloseTo(0.7513227513227513, within(1e-14));
    assertThat(metrics.f1(2)).isCloseTo(0.8064516129032258, within(1e-14));
    assertThat(metrics.macroF1()).isCloseTo(0.7918507140012516, within(1e-14));
  }

  @Test
  void twoClassesAsScikitLearn() {
    int[] t = Arrays.stream(truth).map(k -> Math.min(k, 1)).toArray();
    int[] p = Arrays.stream(predicted).map(k -> Math.min(k, 1)).toArray();
    List<Score> scores = Scores.classes(2, t, p, 1);
    assertThat(scores).extracting(Score::name).containsExactly("accuracy", "f1", "matthews");
    assertThat(scores.get(0).value()).isCloseTo(0.8633333333333333, within(1e-15));
    assertThat(scores.get(1).value()).isCloseTo(0.8906666666666667, within(1e-14));
    assertThat(scores.get(2).value()).isCloseTo(0.7094921877267911, within(1e-14));
    assertThat(scores.get(0).standardError())
        .isCloseTo(Math.sqrt(0.8633333 * 0.1366667 / 300), within(1e-6));
    assertThat(scores).allMatch(s -> s.standardError() > 0.01 && s.standardError() < 0.06);
  }

  @Test
  void oneClassAloneHasMatthewsZero() {
    ClassMetrics metrics = new ClassMetrics(2, new int[] {0, 1, 1}, Baseline.always(1, 3));
    assertThat(metrics.matthews()).isZero();
    assertThat(metrics.f1(0)).isZero();
    assertThat(metrics.count(0, 1)).isEqualTo(1);
    assertThat(metrics.accuracy()).isCloseTo(2 / 3.0, within(1e-15));
  }

  @Test
  void correlationsAsSciPyWithTies() {
    List<Score> scores = Scores.values(values, guesses, 1);
    assertThat(scores).extracting(Score::name).containsExactly("pearson", "spearman");
    assertThat(scores.get(0).value()).isCloseTo(0.6714665502740588, within(1e-13));
    assertThat(scores.get(1).value()).isCloseTo(0.6521746224603068, within(1e-13));
  }

  @Test
  void aConstantHasNoCorrelation() {
    double[] constant = new double[COUNT];
    assertThat(Correlation.pearson(values, constant)).isNaN();
    assertThat(Correlation.spearman(values, constant)).isNaN();
    assertThat(Scores.values(values, constant, 1).get(0).standardError()).isNaN();
  }

  @Test
  void wrongArgumentsAreRefused() {
    int[] one = {0};
    for (Runnable call :
        List.<Runnable>of(
            () -> new ClassMetrics(2, one, new int[2]),
            () -> new ClassMetrics(2, new int[0], new int[0]),
            () -> new ClassMetrics(2, new int[] {2}, one),
            () -> Correlation.pearson(new double[] {1}, new double[] {1}),
            () -> Baseline.majority(2, new int[0]),
            () -> Baseline.majority(2, new int[] {-1}),
            () -> Baseline.mean(new double[0]),
            () -> StandardErrors.binomial(1.1, 5),
            () -> StandardErrors.bootstrap(5, s -> 1, 1, 1))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
  }
}
