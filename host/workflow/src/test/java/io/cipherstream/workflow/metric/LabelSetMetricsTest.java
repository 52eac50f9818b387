package io.cipherstream.workflow.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/**
 * Expected values: scikit-learn's f1_score (average micro and macro, zero_division 0) and
 * accuracy_score on the same 200 examples, November 2026.
 */
class LabelSetMetricsTest {

  private static final int COUNT = 200;

  /** The last of five labels is never true and never predicted. */
  private static final int LABELS = 5;

  @Test
  void asScikitLearn() {
    boolean[][] truth = new boolean[COUNT][LABELS];
    boolean[][] predicted = new boolean[COUNT][LABELS];
    Sequence sequence = new Sequence(7);
    for (int i = 0; i < COUNT; i++) {
      for (int k = 0; k < LABELS - 1; k++) {
        truth[i][k] = sequence.next(3) == 0;
        predicted[i][k] = sequence.next(4) != 0 ? truth[i][k] : sequence.next(2) == 0;
      }
    }
    LabelSetMetrics metrics = new LabelSetMetrics(truth, predicted);
    assertThat(metrics.microF1()).isCloseTo(0.8098591549295775, within(1e-14));
    assertThat(metrics.macroF1()).isCloseTo(0.6474033014485644, within(1e-14));
    assertThat(metrics.exactMatch()).isCloseTo(0.525, within(1e-14));
  }

  @Test
  void sizesThatDifferAreRefused() {
    boolean[][] two = new boolean[2][3];
    assertThatThrownBy(() -> new LabelSetMetrics(two, new boolean[1][3]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LabelSetMetrics(two, new boolean[2][2]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new LabelSetMetrics(two, two).microF1()).isZero();
    assertThat(new LabelSetMetrics(two, two).exactMatch()).isEqualTo(1);
  }
}
